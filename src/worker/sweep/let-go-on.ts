import { EVENT_STREAM_PREFIX } from '../../application/event-identity.ts';
import { noPauses, type TypePauses } from '../../application/event-types/type-pauses.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { Checkpoint, EventReader, LogPosition } from '../../application/ports/event-log.ts';
import { eventTypeAggregate } from '../../domain/event-type/aggregate.ts';
import { type HastenAllDependencies, hastenAll } from './hasten-all.ts';

export interface LetGoOnDependencies extends HastenAllDependencies {
  readonly log: Pick<EventReader, 'subscribeAll'>;
  readonly pauses?: TypePauses | undefined;
  /** Up to where the rows of the due work contain the log. */
  readonly dueWorkCheckpoint?: (() => Promise<Checkpoint | null>) | undefined;
  readonly clock: Clock;
}

/** What was let go on before the sweep began: after so long, other looks have found what a crash left. */
const LONG_AGO_MS = 300_000;

/**
 * Has the events of types that were resumed asked for at once: each time that one was resumed, when the rows contain all that a
 * pause could hold. These are the parked ones, and those whose commands workers laid aside; the latter look like commands
 * that are on their way, so these are asked for once more, which is harmless.
 * @returns to be called again and again, one call at a time. @throws {ReadDatabaseUnavailable} or when `signal` aborts.
 */
export function lettingGoOn(dependencies: LetGoOnDependencies, signal: AbortSignal): () => Promise<void> {
  const { log, pauses = noPauses, dueWorkCheckpoint = async () => null, clock } = dependencies;
  let done: LogPosition | null = null;

  return async () => {
    const latest = pauses.latestResume();
    if (latest === null || (done !== null && latest.position <= done)) return;
    if (!(await isContained(log, await dueWorkCheckpoint(), latest.position, signal))) return;
    const isLongAgo = done === null && clock.now() - Date.parse(latest.at) > LONG_AGO_MS;
    await hastenAll(dependencies, isLongAgo ? ['paused'] : ['paused', 'command'], signal);
    done = latest.position;
  };
}

/**
 * Whether nothing happened to an event between a checkpoint and a position. Asked of the log, because checkpoints cannot be compared
 * with positions, and that of the due work stays where it is while nothing happens to events.
 */
async function isContained(
  log: Pick<EventReader, 'subscribeAll'>,
  checkpoint: Checkpoint | null,
  position: LogPosition,
  signal: AbortSignal,
): Promise<boolean> {
  const ended = new AbortController();
  const following = {
    streamPrefixes: [EVENT_STREAM_PREFIX, eventTypeAggregate.streamPrefix],
    signal: AbortSignal.any([signal, ended.signal]),
  };
  try {
    for await (const message of log.subscribeAll(checkpoint, following)) {
      if (message.kind === 'caught-up') return true;
      const next = message.kind === 'transitions' ? message.transitions : [];
      for (const recorded of next) {
        if (recorded.position >= position) return true;
        if (recorded.stream.startsWith(EVENT_STREAM_PREFIX)) return false;
      }
    }
    return false;
  } finally {
    ended.abort();
  }
}
