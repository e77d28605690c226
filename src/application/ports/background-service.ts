/** Everything that runs beside requests: dispatcher, projector, worker, sweep. */
export interface BackgroundService {
  readonly name: string;
  /** Requests may come while it is not at work: what keeps it from it is named, and is for operators alone. */
  readonly isDispensable?: boolean;
  /** Resolves once it is at work. Called once. */
  start(): Promise<void>;
  /**
   * Takes no more work and resolves when what was in progress is finished or safely released. Safe before `start`, and twice.
   */
  stop(): Promise<void>;
  /** What keeps it from its work currently, in words for an operator; `null` when nothing does. */
  unhealthyReason(): string | null;
  /** What an operator should know though it is at work; `null` when there is nothing. */
  notice?(): string | null;
  /** What the notice is about; `rows` unless it says so. */
  readonly noticeAbout?: string;
}
