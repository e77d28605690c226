import { DatabaseSync } from 'node:sqlite';

/** `in-use`: a process has it, which has opened it. */
export type LogAtALook =
  | { readonly state: 'sound' }
  | { readonly state: 'in-use' }
  | { readonly state: 'unusable'; readonly why: string };

const LONGEST_MS = 1_000;
/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/** Whether a log can be opened. Takes no lock, and changes nothing. */
export function lookAtLog(file: string): LogAtALook {
  try {
    const log = new DatabaseSync(file, { readOnly: true, timeout: LONGEST_MS });
    try {
      log.prepare('SELECT count(*) FROM sqlite_schema').get();
    } finally {
      log.close();
    }
    return { state: 'sound' };
  } catch (error) {
    const { errcode, message } = error as Error & { readonly errcode?: number };
    return errcode === SQLITE_BUSY ? { state: 'in-use' } : { state: 'unusable', why: message };
  }
}
