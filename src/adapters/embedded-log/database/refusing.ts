import { adviceOn } from '../../../application/advice-on-files.ts';
import { LogFileRefused } from '../log-file-refused.ts';
import { damaged } from './check-file.ts';
import { damageIn } from './damage-found.ts';
import { messageOf, sqliteErrorKind } from './sqlite-error.ts';
import { whatTheSystemSays } from './what-the-system-says.ts';

/** What `work` gives. @throws {LogFileRefused} also for what SQLite says. */
export function refusing<Value>(path: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw error instanceof LogFileRefused ? error : refusal(path, error);
  }
}

/** For what kept a log's file from use. */
export function refusal(path: string, cause: unknown): LogFileRefused {
  if (sqliteErrorKind(cause) !== 'not-a-database' && damageIn(cause) !== null) return damaged(path, messageOf(cause));
  switch (sqliteErrorKind(cause)) {
    case 'busy':
      return new LogFileRefused('in-use', `${path} is in use: only one process can have the log. Stop the other one`, {
        cause,
      });
    case 'not-a-database':
      return new LogFileRefused(
        'foreign',
        `${path} is not a SQLite file, so not an event log. Name another data folder`,
        {
          cause,
        },
      );
    default:
      return new LogFileRefused(
        'unreadable',
        `${path} cannot be used: ${messageOf(cause)}. What to do: ${adviceOn(whatTheSystemSays(cause, path))}`,
        {
          cause,
        },
      );
  }
}
