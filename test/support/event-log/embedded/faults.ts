import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** What the next commit of a faulty thread meets. */
export type Fault =
  | 'die before the commit'
  | 'die after the commit'
  | 'fail the commit'
  | 'fail after the commit'
  | 'find the disk full'
  | 'hang before the commit';

/** A file beside the log, so that the thread finds it in the midst of its work, between two statements. */
const faultFile = (path: string) => `${path}.fault`;

export const armFault = (path: string, fault: Fault) => writeFileSync(faultFile(path), fault);
export const disarmFault = (path: string) => rmSync(faultFile(path), { force: true });

export const armedFault = (path: string): Fault | null =>
  existsSync(faultFile(path)) ? (readFileSync(faultFile(path), 'utf8') as Fault) : null;
