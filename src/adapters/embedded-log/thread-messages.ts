import type { LogDatabase, LogFacts } from './database/log-database.ts';
import type { LogFileProblem } from './log-file-refused.ts';

type Asked = Omit<LogDatabase, 'facts'>;
/** As they are answered: what takes longer than the request, at its end. */
type Operations = {
  readonly [Name in keyof Asked]: (input: Parameters<Asked[Name]>[0]) => Awaited<ReturnType<Asked[Name]>>;
};
export type Operation = keyof Operations;
export type Input<Name extends Operation> = Parameters<Operations[Name]>[0];
export type Answer<Name extends Operation> = ReturnType<Operations[Name]>;

/** To the database's thread, which answers in the order of the requests, but for a backup: that is answered at its end. */
export type ThreadRequest = { readonly call: number; readonly operation: Operation; readonly input: unknown };

/** From it: whether it has the file, then an answer or failure for each request. */
export type ThreadMessage =
  | { readonly kind: 'opened'; readonly facts: LogFacts }
  | { readonly kind: 'refused'; readonly problem: LogFileProblem; readonly message: string }
  /** The mark of the log's end cannot be written, or with `null` it can again. */
  | { readonly kind: 'mark-failure'; readonly reason: string | null }
  | { readonly kind: 'answer'; readonly call: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly call: number; readonly message: string; readonly isDamage: boolean };
