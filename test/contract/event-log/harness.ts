import type { EventLog } from '../../../src/application/ports/event-log.ts';

/** What an adapter brings to be held to the port's contract. A further adapter is one more of these, nothing else. */
export interface EventLogHarness {
  createPlace(): Promise<LogPlace>;
  /** What this adapter does not have, or cannot be done to it here, and why: printed, and counted as skipped. */
  readonly lacks: Partial<Record<Ability, string>>;
}

export type Ability =
  | 'separation'
  | 'kill'
  | 'silence'
  | 'interruptions'
  | 'connection'
  | 'backup'
  | 'failures'
  | 'users';

/**
 * A log of its own for one test, which opens it, harms it, and opens it again. Without the ability `separation` it is the
 * same log for all tests, which then have streams of their own.
 */
export interface LogPlace {
  /** In this process; what was opened before is closed. */
  open(options?: { readonly deadlineMs?: number }): Promise<EventLog>;
  destroy(): Promise<void>;

  /** Ability `kill`. The log is not open meanwhile. */
  startAppender?(): Promise<Appender>;
  /** Ability `silence`: the open log takes calls but answers none, until the returned function ends that. */
  fallSilent?(): Promise<() => Promise<void>>;
  /** Abilities `interruptions` and `connection`: what can happen to a live subscription of the open log. */
  readonly interruptions?: Readonly<Record<string, () => Promise<void>>>;
  /** Ability `backup`: keeps the closed log as it is; the returned function puts that in the present one's place. */
  backUp?(): Promise<() => Promise<void>>;
  /** Abilities `failures` and `users`: what the next append can meet. */
  readonly failures?: Readonly<Record<string, LogFailure>>;
}

/** A process that appends `appenderRequest`s, many at once, until it is killed. */
export interface Appender {
  /** Names of the requests that it has begun, and of those that it was told are appended. */
  readonly begun: ReadonlySet<string>;
  readonly acknowledged: ReadonlySet<string>;
  /** Resolves once so many are acknowledged. */
  acknowledges(count: number): Promise<void>;
  /** SIGKILL, to it or to the server that it appends to. Resolves once the log may be opened. */
  kill(): Promise<void>;
}

export interface LogFailure {
  /** How the append that meets it ends. */
  readonly ends: 'unknown' | 'refused: unavailable' | 'refused: unauthorized';
  /** The returned function ends the failure. */
  begin(): Promise<() => Promise<void>>;
}
