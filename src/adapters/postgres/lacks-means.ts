/**
 * What the system says when it gives no room, rights or file descriptors, in Node's words and in PostgreSQL's. The files
 * themselves may be sound, so they are not thrown away for it.
 */
const WANT =
  /ENOSPC|EDQUOT|EACCES|EPERM|EROFS|EMFILE|ENFILE|ENOMEM|no space left|disk (?:is )?full|quota exceeded|permission denied|read-only file system|too many open files|out of memory/i;

export const lacksMeans = (error: unknown): boolean => WANT.test(whole(error));

/** The message with those of its causes: PGlite and `pg` wrap what the system said. */
export function whole(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : whole(error.cause);
  return cause === '' || error.message.includes(cause) ? error.message : `${error.message}: ${cause}`;
}
