/**
 * What to do about what a file system refuses, by the system's own name for it: the middle of a sentence, about a path
 * that the sentence has named.
 */
export const adviceOn = (code: string | null): string => ADVICE[code ?? ''] ?? 'check it, its folder and its disk';

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'let this user read and write it and its folder',
  EPERM: 'let this user read and write it and its folder',
  EROFS: 'its disk is read-only: mount it for writing, or copy the whole data folder to another disk',
  ENOSPC: 'its disk is full: make room on it, or copy the whole data folder to another disk',
  EDQUOT: "this user's quota is used up: make room in it",
  EIO: "its disk fails: look into the system's log, and copy the whole data folder to another disk while it can be read",
  ENOENT: 'name one that is there, or can be made',
  ENOTDIR: 'a part of it is a file, and has to be a folder',
  EISDIR: 'it is a folder, and has to be a file',
  EMFILE: 'this process may open no more files: raise its limit (ulimit -n)',
  ENFILE: 'the system may open no more files: raise its limit',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'name a shorter one',
};
