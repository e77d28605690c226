import type { RecordedTransition } from './event-log.ts';

/**
 * What an event waits for. `command`: its next attempt may start, and a command for it should be on its way. `retry`: its
 * next attempt may start at `dueAt`. `lease`: the attempt that runs is believed until `dueAt`. `unreadable`: its last
 * transition could not be read by the version that projected it. `paused`: the next attempt may start once its type is no longer
 * paused; the sweep alone makes and unmakes this kind.
 */
export type DueKind = 'command' | 'retry' | 'lease' | 'unreadable' | 'paused';

/** An event whose next step should have happened by now, as far as the read table knows: to be checked in the log. */
export interface DueEvent {
  readonly eventId: string;
  readonly kind: DueKind;
  readonly generation: number;
  /** Started so far in this generation. */
  readonly attempts: number;
  /** Of the row. The stream may be further on. */
  readonly revision: number;
  /** RFC 3339, as the log has it, by the clock of the process that wrote it; `null` where the log names no time. */
  readonly dueAt: string | null;
}

/** How long a row is put off: `initialDelayMs` at first, twice as long each time, with jitter. */
export interface AskAgain {
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
}

/**
 * What is still to happen to events by itself. Times are judged by the database's clock, the one clock that all
 * processes share: a retry or a lease lasts as long as it was meant to, whatever the clock of the process that began it.
 */
export interface DueWork {
  /**
   * Whether the rows hold everything that was in the log when the projector last began. Before that, an event that ended
   * long ago may look unfinished.
   * @throws {ReadDatabaseUnavailable}
   */
  isCaughtUp(): Promise<boolean>;
  /**
   * Hands out at most `limit` rows of one kind whose time has come, the longest overdue first, and holds them back for
   * `holdMs` in the same step. So every row comes up sooner or later, however many there are, and none hides those behind
   * it.
   * @throws {ReadDatabaseUnavailable} some may be held back; they come up again.
   */
  take(kind: DueKind, limit: number, holdMs: number): Promise<readonly DueEvent[]>;
  /**
   * Puts rows off that were taken and about which something was done: later each time, until their events move on. A
   * `retry` or `paused` is a `command` from then on. Rows that have moved on are left alone.
   * @throws {ReadDatabaseUnavailable} some may be put off; the others come up again after they were held back.
   */
  putOff(rows: readonly DueEvent[], again: AskAgain): Promise<void>;
  /**
   * Makes rows that were taken `paused`, to be looked at again after `againMs`. Rows that have moved on are left alone.
   * @throws {ReadDatabaseUnavailable} some may be; the others come up again after they were held back.
   */
  park(rows: readonly DueEvent[], againMs: number): Promise<void>;
  /**
   * Has rows of these kinds handed out at once, whenever they were handed out last: a page of at most `limit` in
   * ascending order of id, after `afterEventId`. What was `paused` is a `command` from then on.
   * @returns the ids of the page.
   * @throws {ReadDatabaseUnavailable}
   */
  hasten(kinds: readonly DueKind[], afterEventId: string | null, limit: number): Promise<readonly string[]>;
  /**
   * Brings the row of an event whose last transition was unreadable up to its whole history, as far as it can be read now.
   * @returns whether it can.
   * @throws {ReadDatabaseUnavailable}
   */
  readAgain(history: readonly RecordedTransition[]): Promise<boolean>;
}
