/**
 * What the file system refused, with what to do, and the path where the system names it; `null` for every other error. Whatever is
 * not translated closer to where it happens comes here.
 */
export function adviceOnFiles(error: unknown): string | null {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return null;
  const advice = ADVICE[String(error.code)] ?? 'see to it, its folder and its disk';
  return `EventOps cannot go on: ${error.message}. What to do: ${advice}`;
}

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'let this user read and write it, or name another one',
  EPERM: 'let this user read and write it, or name another one',
  EROFS: 'its disk is read-only; mount it for writing, or name another one',
  ENOSPC: 'make room on its disk',
  EDQUOT: "make room in this user's quota",
  ENOENT: 'name one that is there, or can be made',
  ENOTDIR: 'a part of it is a file, and has to be a folder',
  EISDIR: 'it is a folder, and has to be a file',
  EMFILE: 'this process may open no more files; raise its limit (ulimit -n)',
  ENFILE: 'the system may open no more files; raise its limit',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'name a shorter one',
};
