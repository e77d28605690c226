import { decodeEventTransition } from '../../application/event-history.ts';
import { eventIdOfStream } from '../../application/event-identity.ts';
import { UndecodableTransition } from '../../application/failures.ts';
import { timestamp } from '../../application/ports/clock.ts';
import type { DueKind } from '../../application/ports/due-work.ts';
import type { RecordedTransition } from '../../application/ports/event-log.ts';
import { isEnded, statusAfter } from '../../domain/event/status.ts';
import { isTransitionType } from '../../domain/event/transitions.ts';

/** How long a command may be under way before the sweep suspects that it was lost. */
export const LOST_COMMAND_AFTER_MS = 30_000;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** PostgreSQL's `integer`. */
const MAX_COUNT = 2 ** 31 - 1;

/** What an event waits for. */
export interface DueRow {
  readonly id: string;
  readonly kind: DueKind;
  readonly generation: number;
  readonly attempts: number;
  readonly revision: string;
  readonly due_at: string | null;
  /** When its transition was recorded; `null` where that is no time that the table can hold. */
  readonly recorded_at: string | null;
  /** How long the sweep leaves it alone, counted from when the row is written. */
  readonly wait_ms: number;
  /** But not beyond this time; RFC 3339. */
  readonly wait_until: string | null;
}

/** An event to which nothing happens any more by itself. */
export interface Ended {
  readonly id: string;
  readonly kind: null;
  readonly revision: string;
}
export type DueChange = DueRow | Ended;

export const isDueRow = (change: DueChange): change is DueRow => change.kind !== null;

/**
 * What each event waits for after these transitions, which are in the log's order. Only the last one of each event is
 * read, and none that holds a payload. One that cannot be read makes a row that says so, which the sweep looks into:
 * to pass over it could leave its event waiting permanently.
 */
export function foldDueWork(
  transitions: Iterable<RecordedTransition>,
  lostCommandAfterMs: number = LOST_COMMAND_AFTER_MS,
): readonly DueChange[] {
  const lastOf = new Map<string, RecordedTransition>();
  for (const recorded of transitions) {
    // What follows from a failure is recorded with it, and says how the event goes on.
    if (recorded.type === 'ProcessingFailed') continue;
    // A stream that only looks like one of ours: no command leads to it.
    if (!uuid.test(eventIdOfStream(recorded.stream))) continue;
    const before = lastOf.get(recorded.stream);
    if (before === undefined || before.revision < recorded.revision) lastOf.set(recorded.stream, recorded);
  }
  return [...lastOf.values()].map((recorded) => changeOf(recorded, lostCommandAfterMs));
}

function changeOf(recorded: RecordedTransition, lostCommandAfterMs: number): DueChange {
  const id = eventIdOfStream(recorded.stream);
  const revision = recorded.revision.toString();
  const recorded_at = isKeepableTime(recorded.recordedAt) ? recorded.recordedAt : null;
  const waits = (row: Waiting): DueRow => ({ id, revision, ...row, recorded_at });
  const { type } = recorded;
  if (type === 'EventReceived') return waits(waitingForCommand(0, lostCommandAfterMs));
  if (isTransitionType(type) && isEnded(statusAfter(type))) return { id, revision, kind: null };
  const row = rowAfter(recorded, lostCommandAfterMs);
  return waits(row !== null && isKeepable(row) ? row : unreadable(lostCommandAfterMs));
}

type Waiting = Omit<DueRow, 'id' | 'revision' | 'recorded_at'>;

const waitingForCommand = (generation: number, wait_ms: number): Waiting => ({
  kind: 'command',
  generation,
  attempts: 0,
  due_at: null,
  wait_ms,
  wait_until: null,
});

const unreadable = (wait_ms: number): Waiting => ({ ...waitingForCommand(0, wait_ms), kind: 'unreadable' });

/** `null` when it cannot be read. */
function rowAfter(recorded: RecordedTransition, lostCommandAfterMs: number): Waiting | null {
  const transition = decoded(recorded);
  switch (transition?.type) {
    case 'ProcessingStarted': {
      const { generation, attempt, leaseExpiresAt } = transition.data;
      // Counted from now, so that a lease lasts as long as it was meant to, though its worker's clock be slow.
      const wait_ms = Math.max(0, Date.parse(leaseExpiresAt) - Date.parse(recorded.recordedAt));
      return { kind: 'lease', generation, attempts: attempt, due_at: leaseExpiresAt, wait_ms, wait_until: null };
    }
    case 'RetryScheduled': {
      const { generation, attempt, dueAt, delayMs } = transition.data;
      const waits = { due_at: dueAt, wait_ms: delayMs, wait_until: dueAt };
      return { kind: 'retry', generation, attempts: attempt - 1, ...waits };
    }
    case 'ProcessingInterrupted': {
      const { generation, attempt, dueAt, interruptedAt } = transition.data;
      const wait_ms = Math.max(0, Date.parse(dueAt) - Date.parse(interruptedAt));
      return { kind: 'retry', generation, attempts: attempt - 1, due_at: dueAt, wait_ms, wait_until: dueAt };
    }
    case 'ReplayRequested':
      return waitingForCommand(transition.data.generation, lostCommandAfterMs);
    default:
      return null;
  }
}

function decoded(recorded: RecordedTransition) {
  try {
    return decodeEventTransition(recorded);
  } catch (error) {
    if (!(error instanceof UndecodableTransition)) throw error;
    return null;
  }
}

/** A history that was tampered with may hold numbers and times that the table cannot. */
const isKeepable = ({ generation, attempts, due_at, wait_ms }: Waiting) =>
  generation <= MAX_COUNT &&
  attempts <= MAX_COUNT &&
  Number.isFinite(wait_ms) &&
  (due_at === null || !due_at.startsWith('0000'));

/** The envelope's own time is checked by no schema. */
function isKeepableTime(text: string): boolean {
  const ms = Date.parse(text);
  return Number.isFinite(ms) && !text.startsWith('0000') && timestamp(ms) === text;
}
