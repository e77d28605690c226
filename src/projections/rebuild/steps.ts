import type { MonotonicClock } from '../../application/ports/clock.ts';
import type { Lease } from '../../application/ports/leases.ts';
import type { RecordRebuild } from '../../domain/rebuild/commands.ts';
import type { RebuildState } from '../../domain/rebuild/state.ts';
import type { ReadModel } from '../read-model.ts';
import { compareCopies } from './compare-copies.ts';
import { besideSlotOf, type Copies, type FoundCopies } from './copies.ts';
import { ExchangeRefused } from './exchange.ts';
import type { CatchUp } from './fill.ts';
import type { Followers, InStep } from './followers.ts';
import { FellBehind, NotPossibleHere } from './passing-failures.ts';
import type { ProgressKeeper } from './progress-keeper.ts';

export const stepLimits = {
  /** Rows of one copy that are compared between two batches. */
  comparedRows: 2_000,
  /** How long readers may be kept waiting by an exchange. */
  lockTimeoutMs: 250,
  /** Exchanges that are tried before it is left to an operator, because readers leave no room for one. */
  exchanges: 60,
  /** Before the next one. */
  pauseMs: 500,
} as const;
export type StepLimits = { readonly [Name in keyof typeof stepLimits]: number };

type Without<Field extends string, Command> = Command extends unknown ? Omit<Command, Field> : never;
export type RecordStep = (record: Without<'now' | 'id', RecordRebuild>) => Promise<void>;

export interface StepDependencies {
  readonly projection: string;
  /** Of the read model; all that this process knows. */
  readonly versions: readonly ReadModel[];
  readonly copies: Copies;
  readonly followers: Followers;
  /** Fills a copy up to the end of the log. */
  readonly fillCopy: CatchUp;
  readonly progress: ProgressKeeper;
  readonly clock: MonotonicClock;
  readonly lease: Lease | null;
  readonly limits?: Partial<StepLimits> | undefined;
}

/**
 * What there is to do for a rebuild, by the step that it is at in the log. Each looks first at what is there already, so that a
 * process that takes over after a crash, or after an answer was lost, ends where the first one would have.
 */
export function createSteps(dependencies: StepDependencies & { readonly onRetried: (error: unknown) => void }) {
  const { onRetried, projection, versions, copies, followers, progress, clock, lease } = dependencies;
  const limits = { ...stepLimits, ...dependencies.limits };
  const slot = besideSlotOf(projection);

  function ofVersion(version: number): ReadModel {
    const found = versions.find((each) => each.version === version);
    if (found !== undefined) return found;
    const known = versions.map((each) => each.version).join(', ');
    throw new NotPossibleHere(
      `The rows of ${projection} are of version ${version}, and this process knows ${known}: run the version of EventOps that wrote them, or a later one`,
    );
  }

  const isBeside = (found: FoundCopies, { id }: RebuildState) => found.beside?.rebuildId === id;
  const isLive = (found: FoundCopies, { id }: RebuildState) => found.live?.rebuildId === id;

  async function inStep(found: FoundCopies, signal: AbortSignal): Promise<InStep> {
    if (found.beside === null) throw new NotPossibleHere(`There is no second copy of ${projection}`);
    const beside = { readModel: ofVersion(found.beside.version), slot };
    return followers.inStep(await live(), beside, signal);
  }

  /** In the version of the rows that are read. */
  async function live(): Promise<ReadModel> {
    const found = await copies.find();
    if (found.live !== null) return ofVersion(found.live.version);
    await copies.adopt(versions);
    const adopted = (await copies.find()).live;
    if (adopted === null) throw new NotPossibleHere(`Which version of ${projection} is read is not known`);
    return ofVersion(adopted.version);
  }

  async function fill(state: RebuildState, record: RecordStep, signal: AbortSignal): Promise<void> {
    progress.begin(state.id, 'filling');
    const readModel = ofVersion(state.version);
    if (!isBeside(await copies.find(), state)) await copies.create(readModel, state.id, lease);
    const beganAt = clock.monotonicMs();
    const transitions = await dependencies.fillCopy({ readModel, slot }, signal);
    progress.begin(state.id, 'indexing');
    await copies.index(readModel, signal);
    const durationMs = Math.round(clock.monotonicMs() - beganAt);
    await record({ kind: 'RecordFilled', transitions, durationMs });
  }

  async function compare(state: RebuildState, record: RecordStep, signal: AbortSignal): Promise<void> {
    const found = await copies.find();
    if (!isBeside(found, state)) return fill(state, record, signal);
    progress.begin(state.id, 'catching-up');
    const { both } = await inStep(found, signal);
    progress.begin(state.id, 'comparing');
    const report = await compareCopies({
      ...{ copies, both, live: await live(), beside: ofVersion(state.version), pageRows: limits.comparedRows, signal },
      onRows: progress.compared,
    });
    await record({ kind: 'RecordCompared', report });
  }

  /** Goes on following both until something changes. */
  async function keepInStep(found: FoundCopies, signal: AbortSignal): Promise<void> {
    const { left } = await inStep(found, signal);
    progress.rest();
    const changed = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => changed.resolve(), { once: true });
    if (signal.aborted) changed.resolve();
    await Promise.race([left, changed.promise]);
  }

  let exchanges = 0;
  async function exchange(state: RebuildState, found: FoundCopies, record: RecordStep, signal: AbortSignal) {
    progress.begin(state.id, 'exchanging');
    const { both } = await inStep(found, signal);
    const [read, beside] = [await live(), ofVersion(found.beside?.version ?? 0)];
    let failure: unknown = null;
    try {
      await both.endWith(async () => {
        if (!both.areInStep()) throw new FellBehind('The second copy fell behind; it catches up first');
        const besideRebuildId = found.beside?.rebuildId ?? null;
        await copies.exchange({ live: read, beside, besideRebuildId, lockTimeoutMs: limits.lockTimeoutMs, lease });
      });
      exchanges = 0;
    } catch (error) {
      failure = error;
    }
    // Whether it was done or not, the database says.
    await followers.stop();
    if (failure !== null) await exchangeFailed(failure as Error, record, signal);
  }

  /** Not thrown while it is to be tried again: how often, and with which pauses, is decided here alone. */
  async function exchangeFailed(error: Error, record: RecordStep, signal: AbortSignal): Promise<void> {
    exchanges++;
    if (error instanceof ExchangeRefused || exchanges >= limits.exchanges) {
      exchanges = 0;
      return record({ kind: 'RecordExchangeFailed', message: error.message });
    }
    onRetried(error);
    // The copy that is read stands still no longer than it has to.
    await followers.alone(await live());
    await clock.sleep(limits.pauseMs, signal);
  }

  return {
    live,
    /** Resolves when it is done, or, where an operator has the next word, when `signal` aborts. */
    async take(state: RebuildState, record: RecordStep, signal: AbortSignal): Promise<void> {
      const found = await copies.find();
      switch (state.step) {
        case 'filling':
          return fill(state, record, signal);
        case 'comparing':
          return compare(state, record, signal);
        case 'compared':
          return isBeside(found, state) ? keepInStep(found, signal) : fill(state, record, signal);
        case 'promoting':
          if (isLive(found, state)) return record({ kind: 'RecordPromoted' });
          if (isBeside(found, state)) return exchange(state, found, record, signal);
          return record({ kind: 'RecordExchangeFailed', message: 'Its tables are gone; they are filled again' });
        case 'promoted':
          return found.beside === null ? record({ kind: 'RecordDropped' }) : keepInStep(found, signal);
        case 'rolling-back':
          if (isBeside(found, state)) return record({ kind: 'RecordRolledBack' });
          if (found.beside !== null) return exchange(state, found, record, signal);
          return record({ kind: 'RecordDropped' });
        case 'dropping':
          progress.begin(state.id, 'dropping');
          await followers.stop();
          await followers.alone(await live());
          await copies.drop(versions, lease);
          return record({ kind: 'RecordDropped' });
        case 'dropped':
      }
    },
  };
}
