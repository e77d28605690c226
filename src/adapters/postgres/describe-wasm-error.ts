/** What WASI calls the errors of a file system that a person can do something about. */
const NAMES: Readonly<Record<number, string>> = {
  2: 'EACCES, permission denied',
  19: 'EDQUOT, quota exceeded',
  29: 'EIO, input/output error',
  33: 'EMFILE, too many open files',
  41: 'ENFILE, too many open files',
  48: 'ENOMEM, out of memory',
  51: 'ENOSPC, no space left on device',
  63: 'EPERM, permission denied',
  69: 'EROFS, read-only file system',
};

/** PGlite throws the plain objects of its file system, which print as nothing, where PostgreSQL itself says nothing. */
export function describe(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  if (typeof thrown !== 'object' || thrown === null || !('errno' in thrown)) return String(thrown);
  const { errno } = thrown;
  return NAMES[Number(errno)] ?? `error ${String(errno)} of its file system`;
}
