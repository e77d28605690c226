import { readFileSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';

const FOLDER = '/dev/shm';
const LEAST_BYTES = 4 * 2 ** 30;

/**
 * Where tests keep files: in memory, because each of a thousand files of read tables is synced to its disk, and what
 * would survive the machine's end no test can tell. `null` where there is no such folder, or little room, or where no
 * program may be run.
 */
export function folderInMemory(): string | null {
  try {
    const [, , , options = ''] =
      readFileSync('/proc/mounts', 'utf8')
        .split('\n')
        .map((line) => line.split(' '))
        .find(([, folder, type]) => folder === FOLDER && type === 'tmpfs') ?? [];
    const { bavail, bsize } = statfsSync(FOLDER);
    const isFit = options.split(',').includes('rw') && !options.split(',').includes('noexec');
    // Half of the memory stays for processes.
    return isFit && bavail * bsize >= LEAST_BYTES && freemem() >= 2 * LEAST_BYTES ? FOLDER : null;
  } catch {
    return null;
  }
}
