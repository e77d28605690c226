import { OperationalFailure } from '../../application/failures.ts';

export type LogFileProblem =
  /** Another process, or another opener in this one, has the log. */
  | 'in-use'
  /** Not an event log at all. */
  | 'foreign'
  /** Written by a later version of this program. */
  | 'newer-format'
  /** An event log that is torn, truncated or inconsistent. */
  | 'damaged'
  /** It lacks transitions that were durable. */
  | 'incomplete'
  /** The file or its folder cannot be read or written. */
  | 'unreadable';

/** The log's file cannot be used as it is; the message names the file and what to do. */
export class LogFileRefused extends OperationalFailure {
  override readonly name = 'LogFileRefused';
  readonly code = 'log-file-refused';
  readonly retryable = false;
  readonly problem: LogFileProblem;

  constructor(problem: LogFileProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}
