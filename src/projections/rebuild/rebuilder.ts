import { createBackoff } from '../../application/backoff.ts';
import { OperationalFailure } from '../../application/failures.ts';
import type { BackgroundService } from '../../application/ports/background-service.ts';
import type { EventReader } from '../../application/ports/event-log.ts';
import type { Logger } from '../../application/ports/logger.ts';
import { createRepeatingReport, kindOf } from '../../application/repeating-report.ts';
import { readRebuilds } from '../../application/use-cases/rebuild/read-rebuilds.ts';
import type { RebuildWatch } from '../../application/use-cases/rebuild/watch-rebuilds.ts';
import type { UseCases } from '../../application/use-cases.ts';
import type { RebuildState } from '../../domain/rebuild/state.ts';
import { projectionNameOf } from '../projection-states.ts';
import { PassingFailure } from './passing-failures.ts';
import { createSteps, type RecordStep, type StepDependencies } from './steps.ts';

export const rebuilderLimits = {
  /** After a failure; each further one doubles it, up to the longest. */
  firstPauseMs: 250,
  longestPauseMs: 5_000,
  /** Failures in a row of one step, of a kind that no waiting ends. */
  failures: 5,
} as const;
export type RebuilderLimits = { readonly [Name in keyof typeof rebuilderLimits]: number };

interface RebuilderDependencies extends Omit<StepDependencies, 'limits'> {
  readonly log: Pick<EventReader, 'readStream'>;
  readonly operate: UseCases['operateRebuild'];
  readonly watch: RebuildWatch;
  /** Names this process in the log. */
  readonly process: string;
  readonly logger: Logger;
  readonly limits?: (StepDependencies['limits'] & Partial<RebuilderLimits>) | undefined;
}

/**
 * Follows the log for one read model, and does beside that what operators ask of its rebuilds. Everything that a rebuild needs
 * to go on is in the log and in the read database, so that any process can take it over at any moment.
 */
export function createRebuilder(dependencies: RebuilderDependencies): BackgroundService {
  const { projection, followers, progress, log, operate, watch, clock, logger } = dependencies;
  const limits = { ...rebuilderLimits, ...dependencies.limits };
  const steps = createSteps({ ...dependencies, onRetried: failed });
  const stopping = new AbortController();
  const { signal } = stopping;
  const report = createRepeatingReport({ logger, clock });
  const name = projectionNameOf({ name: projection });
  let running: Promise<unknown> | null = null;
  let unhealthyReason: string | null = null;

  const recorderFor =
    ({ id }: RebuildState): RecordStep =>
    async (record) => {
      const context = { actor: { kind: 'process', process: dependencies.process } } as const;
      // One that is refused was overtaken by an operator or another process: the log is read again.
      await operate({ projection, command: { ...record, id }, context });
    };

  const lastRebuild = async () => (await readRebuilds(log, projection)).at(-1) ?? null;
  const placeOf = (state: RebuildState | null) => state && `${state.id} ${state.step} ${state.steps.length}`;

  /** One step, or a wait for what an operator says next. */
  async function work(): Promise<void> {
    const changed = new AbortController();
    const state = Promise.withResolvers<RebuildState | null>();
    state.promise.catch(() => {});
    const look = async () => {
      const [before, now] = [await state.promise, await lastRebuild()];
      if (placeOf(before) !== placeOf(now)) changed.abort(new Error('the rebuild has gone on otherwise'));
    };
    const off = watch.on(projection, () => void look().catch(() => changed.abort()));
    try {
      state.resolve(lastRebuild());
      const current = await state.promise;
      const either = AbortSignal.any([signal, changed.signal]);
      if (current !== null && current.step !== 'dropped') return await take(current, either);
      progress.rest();
      await aborted(either);
    } finally {
      off();
    }
  }

  let failures = { at: '', count: 0 };
  async function take(state: RebuildState, either: AbortSignal): Promise<void> {
    const at = placeOf(state) ?? '';
    try {
      await steps.take(state, recorderFor(state), either);
      failures = { at, count: 0 };
    } catch (error) {
      if (either.aborted) return;
      const isPermanent =
        !(error instanceof OperationalFailure && error.retryable) && !(error instanceof PassingFailure);
      failures = { at, count: failures.at === at && isPermanent ? failures.count + 1 : isPermanent ? 1 : 0 };
      if (failures.count < limits.failures || state.step === 'dropping' || state.step === 'promoted') throw error;
      // Of two whole copies none is dropped because they cannot be exchanged.
      const isExchange = state.step === 'promoting' || state.step === 'rolling-back';
      await recorderFor(state)({
        kind: isExchange ? 'RecordExchangeFailed' : 'RecordFailed',
        message: messageOf(error),
      });
    }
  }

  function failed(error: unknown): void {
    progress.failed(messageOf(error));
    const message = 'a rebuild, or the look for one, failed; it is tried again';
    report.occurred({ about: name, kind: kindOf(error), level: 'warn', fields: { err: error, projection }, message });
  }

  async function run(): Promise<void> {
    const backoff = createBackoff({ firstMs: limits.firstPauseMs, longestMs: limits.longestPauseMs });
    while (!signal.aborted)
      try {
        await followers.alone(await steps.live());
        unhealthyReason = null;
        await work();
        backoff.reset();
        report.wentWell(name);
      } catch (error) {
        if (signal.aborted) return;
        if (followers.current() === null) unhealthyReason = messageOf(error);
        failed(error);
        await clock.sleep(backoff.next(), signal);
      }
  }

  return {
    name,
    async start() {
      running = Promise.all([run(), progress.keep(signal)]);
    },
    async stop() {
      stopping.abort();
      await running;
      await followers.stop();
    },
    unhealthyReason: () => followers.current()?.unhealthyReason() ?? unhealthyReason,
    notice: () => {
      const waitsFor = progress.waitsFor();
      const own = waitsFor === null ? null : `the rebuild of ${projection} makes no progress: ${waitsFor}`;
      return own ?? followers.current()?.notice?.() ?? null;
    },
  };
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
