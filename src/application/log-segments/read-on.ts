import { LogUnavailable } from '../failures.ts';
import type { Clock } from '../ports/clock.ts';
import type { Checkpoint, EventReader, RecordedTransition } from '../ports/event-log.ts';

const MAX_BATCH = 500;
/** A subscription waits for a log that is unavailable; who asked for what is in it does not. */
const PATIENCE_MS = 10_000;

export interface ReadingLog {
  readonly log: Pick<EventReader, 'subscribeAll'>;
  readonly clock: Pick<Clock, 'sleep'>;
}

/**
 * What is in the log behind a checkpoint, up to where it ends then. No faster than it is taken.
 * @throws {LogUnavailable} @throws {CheckpointRefused} it is of another log.
 */
export async function* readOn(
  { log, clock }: ReadingLog,
  after: Checkpoint | null,
  streamPrefixes: readonly string[],
): AsyncGenerator<RecordedTransition> {
  const givingUp = new AbortController();
  const { signal } = givingUp;
  const messages = log.subscribeAll(after, { streamPrefixes, maxBatch: MAX_BATCH, signal })[Symbol.asyncIterator]();
  try {
    while (true) {
      const isHere = new AbortController();
      void clock.sleep(PATIENCE_MS, isHere.signal).then(() => isHere.signal.aborted || givingUp.abort());
      const next = await messages.next();
      isHere.abort();
      if (next.done === true) throw new LogUnavailable(`The log has not answered for ${PATIENCE_MS} ms`);
      if (next.value.kind === 'caught-up') return;
      if (next.value.kind === 'transitions') yield* next.value.transitions;
    }
  } finally {
    givingUp.abort();
    await messages.return?.();
  }
}
