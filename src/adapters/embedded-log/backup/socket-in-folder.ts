import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'backup.sock';
/** Of a socket's path, in every system that has them (unix(7): 108 on Linux, with the zero at the end). */
const MAX_PATH_BYTES = 103;

export interface SocketInFolder {
  readonly path: string;
  /** To be called when the path is not used any more. */
  close(): void;
}

/** Where the process that has a data folder is asked; `null` where the system has no such path. */
export function socketInFolder(folder: string): SocketInFolder | null {
  const path = join(folder, NAME);
  if (process.platform === 'win32') return null;
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return { path, close() {} };
  if (process.platform !== 'linux') return null;
  const descriptor = openSync(folder, 'r');
  return { path: `/proc/self/fd/${descriptor}/${NAME}`, close: () => closeSync(descriptor) };
}
