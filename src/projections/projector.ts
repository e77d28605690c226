import { isAsWritten } from '../application/envelope.ts';
import { HistoryBroken, ReadDatabaseRefused, UndecodableTransition } from '../application/failures.ts';
import { type Clock, timestamp } from '../application/ports/clock.ts';
import type { Checkpoint, EventReader, LogPosition, RecordedTransition } from '../application/ports/event-log.ts';
import type { Lease } from '../application/ports/leases.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Subscriber } from '../application/run-subscription.ts';
import { createFailureRate, type HaltLimits, haltedFor } from './failure-rate.ts';
import type { ProjectionFailure } from './projection-failures.ts';
import { projectionNameOf } from './projection-states.ts';
import type { ProjectionStore } from './projection-store.ts';
import { type Batching, concerning, type DecodedTransition, defaultBatching, type ReadModel } from './read-model.ts';
import type { Slot } from './slots.ts';
import { withFirsts } from './with-firsts.ts';

/** How far a projection is, and how it fares. Counts are of this process. */
export interface ProjectionProgress {
  readonly checkpoint: Checkpoint | null;
  /** Of the last transition that is in the rows; `null` before the first. */
  readonly position: LogPosition | null;
  readonly recordedAt: string | null;
  /** When the last batch was written. */
  readonly movedAt: string | null;
  /** Whether the end of the log was reached since the subscription began. */
  readonly isCaughtUp: boolean;
  readonly transitions: number;
  readonly failures: number;
  readonly lastBatch: { readonly transitions: number; readonly durationMs: number } | null;
}

/** What a read model reads of transitions, and those that it cannot read. */
export interface DecodedBatch {
  readonly decoded: readonly DecodedTransition<unknown>[];
  readonly failures: readonly ProjectionFailure[];
}

export interface Projector extends Subscriber {
  /** Which streams to subscribe to. */
  readonly streamPrefixes: readonly string[];
  /** What `write` begins with, for a caller that has the time for it earlier. */
  decode(transitions: readonly RecordedTransition[]): DecodedBatch;
  /**
   * As `handle`, and leaves it to the caller to let transitions gather before the next batch.
   * @param decoded of `transitions`, where that was done before.
   */
  write(
    transitions: readonly RecordedTransition[],
    checkpoint: Checkpoint,
    decoded?: DecodedBatch,
  ): Promise<() => Promise<void>>;
  progress(): ProjectionProgress;
}

export interface ProjectorDependencies {
  readonly store: ProjectionStore;
  readonly log: Pick<EventReader, 'readPages'>;
  /** Which the store fills; the one that is read by default. */
  readonly slot?: Slot;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Under which to write, where several processes share the read database. */
  readonly lease?: Lease | null;
  /** Overrides of the default batching. */
  readonly batching?: Partial<Batching> | undefined;
  /** Overrides of what it halts at. */
  readonly halting?: Partial<HaltLimits> | undefined;
  /** The position up to which an operator accepted that whatever cannot be projected is passed over. */
  readonly passOverUpTo?: bigint | null | undefined;
}

/**
 * Keeps a read model's rows: each batch and its checkpoint in one transaction, so that they are always of one moment of
 * the log. A transition that cannot be projected is recorded and passed over, as long as these are few; a database that is
 * unavailable is waited for.
 */
export function createProjector(
  readModel: ReadModel,
  {
    store,
    log,
    slot = null,
    clock,
    logger,
    lease = null,
    batching: otherBatching,
    halting,
    passOverUpTo = null,
  }: ProjectorDependencies,
): Projector {
  // A copy that is filled beside the rows that are read holds none of them up; what it lacks is found by comparing.
  const rate = createFailureRate(slot === null ? halting : { failures: Number.POSITIVE_INFINITY });
  const batching = { ...defaultBatching, ...readModel.batching, ...otherBatching };
  let progress: ProjectionProgress = {
    checkpoint: null,
    position: null,
    recordedAt: null,
    movedAt: null,
    isCaughtUp: false,
    transitions: 0,
    failures: 0,
    lastBatch: null,
  };

  const commit = (
    decoded: readonly DecodedTransition<unknown>[],
    failures: readonly ProjectionFailure[],
    checkpoint: Checkpoint | null,
    isTextOnly = false,
  ) =>
    store.commit({
      decoded,
      failures,
      failedAt: timestamp(clock.now()),
      checkpoint: checkpoint && { from: progress.checkpoint, to: checkpoint },
      lease,
      isTextOnly,
    });

  let isHandling = false;
  /** Batches, so that a look at the checkpoint can show whether one came in between. */
  let handled = 0;

  /** Finds the transitions that the database refuses, by halves, and writes all others. Repeating it does no harm. */
  async function commitAround(
    decoded: readonly DecodedTransition<unknown>[],
    refused: (failure: ProjectionFailure) => void,
  ): Promise<void> {
    try {
      await commit(decoded, [], null);
    } catch (error) {
      if (!(error instanceof ReadDatabaseRefused)) throw error;
      const [only] = decoded;
      if (only !== undefined && decoded.length === 1) return commitAsText(only, refused);
      const half = Math.ceil(decoded.length / 2);
      await commitAround(decoded.slice(0, half), refused);
      await commitAround(decoded.slice(half), refused);
    }
  }

  /** A client that was answered 201 finds its event in every list, also where the payload is no value for PostgreSQL. */
  async function commitAsText(
    only: DecodedTransition<unknown>,
    refused: (failure: ProjectionFailure) => void,
  ): Promise<void> {
    try {
      await commit([only], [], null, true);
    } catch (error) {
      if (!(error instanceof ReadDatabaseRefused)) throw error;
      refused({ recorded: only.recorded, reason: error.message });
    }
  }

  /** Without what an operator accepted. */
  const counted = (transitions: readonly RecordedTransition[], failures: readonly ProjectionFailure[]) => {
    const isCounted = ({ position }: RecordedTransition) => passOverUpTo === null || position > passOverUpTo;
    return {
      transitions: transitions.filter(isCounted).length,
      failures: failures.filter(({ recorded }) => isCounted(recorded)).length,
    };
  };

  async function apply(
    transitions: readonly RecordedTransition[],
    checkpoint: Checkpoint,
    { decoded: alone, failures: undecodable }: DecodedBatch,
  ): Promise<readonly ProjectionFailure[]> {
    const failures = [...undecodable];
    const haltAboveRate = () => {
      if (rate.isTooHighWith(counted(transitions, failures)))
        throw haltedFor(readModel.name, failures, transitions.at(-1)?.position);
    };
    haltAboveRate();
    const decoded = await withFirsts(readModel, alone, log);
    try {
      await commit(decoded, failures, checkpoint);
      return report(failures);
    } catch (error) {
      if (readModel.isNeverRefused || !(error instanceof ReadDatabaseRefused)) throw error;
    }
    await commitAround(decoded, (failure) => {
      failures.push(failure);
      haltAboveRate();
    });
    await commit([], failures, checkpoint);
    return report(failures);
  }

  function report(failures: readonly ProjectionFailure[]): readonly ProjectionFailure[] {
    for (const { recorded, reason } of failures)
      logger.error(
        { projection: readModel.name, stream: recorded.stream, revision: recorded.revision.toString(), reason },
        'A transition could not be projected and was passed over; its event may differ from its history',
      );
    return failures;
  }

  async function write(
    transitions: readonly RecordedTransition[],
    checkpoint: Checkpoint,
    decoded = decodeAll(readModel, transitions),
  ): Promise<() => Promise<void>> {
    const startedAt = clock.now();
    isHandling = true;
    const failures = await apply(transitions, checkpoint, decoded).finally(() => {
      isHandling = false;
      handled++;
    });
    rate.add(counted(transitions, failures));
    const endedAt = clock.now();
    const last = transitions.at(-1);
    progress = {
      ...progress,
      checkpoint,
      ...(last === undefined ? {} : { position: last.position, recordedAt: last.recordedAt }),
      movedAt: timestamp(endedAt),
      transitions: progress.transitions + transitions.length,
      failures: progress.failures + failures.length,
      lastBatch: { transitions: transitions.length, durationMs: endedAt - startedAt },
    };
    return async () => {
      const restMs = startedAt + batching.intervalMs - clock.now();
      if (transitions.length < batching.fullBatch && restMs > 0)
        await clock.sleep(Math.min(restMs, batching.intervalMs));
    };
  }

  return {
    name: projectionNameOf(readModel, slot),
    streamPrefixes: readModel.streamPrefixes,
    async load() {
      await store.markBehind();
      const checkpoint = await store.load(lease);
      progress = { ...progress, checkpoint, isCaughtUp: false };
      return checkpoint;
    },
    decode: (transitions) => decodeAll(readModel, transitions),
    write,
    async handle(transitions, checkpoint) {
      const rest = await write(transitions, checkpoint);
      await rest();
    },
    isCheckpointUnmoved: async () => {
      const before = handled;
      const stored = await store.load();
      // A batch of our own moves both, one after the other.
      const isThere = stored === progress.checkpoint || isHandling || handled !== before;
      return isThere && (!progress.isCaughtUp || (await store.isCaughtUp()));
    },
    async caughtUp() {
      await store.markCaughtUp(progress.checkpoint);
      progress = { ...progress, isCaughtUp: true };
    },
    progress: () => progress,
  };
}

function decodeAll(readModel: ReadModel, transitions: readonly RecordedTransition[]): DecodedBatch {
  const decoded: DecodedTransition<unknown>[] = [];
  const failures: ProjectionFailure[] = [];
  for (const recorded of concerning(readModel, transitions))
    try {
      // What only leads to a look at the stream is not passed over: the stream is checked when it is read.
      if (!readModel.isNeverRefused && !isAsWritten(recorded)) throw new HistoryBroken(recorded.stream);
      decoded.push({ recorded, transition: readModel.decode(recorded) });
    } catch (error) {
      if (!(error instanceof UndecodableTransition || error instanceof HistoryBroken)) throw error;
      failures.push({ recorded, reason: error.message });
    }
  return { decoded, failures };
}
