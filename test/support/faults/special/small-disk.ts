import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A file system of a few megabytes, in memory, that can be filled to its last byte. */
export interface SmallDisk {
  /** Its root. */
  readonly folder: string;
  /** Takes all the room that is left but so much. */
  fill(leavingMiB?: number): void;
  /** Gives it back. */
  makeRoom(): void;
  remove(): void;
}

/** Why there can be none here; `null` when there can. Only root may mount. */
export function whyNoSmallDisk(): string | null {
  if (process.platform !== 'linux') return 'small file systems in memory are made on Linux only';
  return process.getuid?.() === 0 ? null : 'only root may mount a small file system';
}

export function mountSmallDisk(folder: string, sizeMiB: number): SmallDisk {
  const ballast = join(folder, 'ballast');
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m,mode=755`, 'tmpfs', folder]);
  return {
    folder,
    fill: (leavingMiB = 0) => {
      const file = openSync(ballast, 'a');
      // The smaller ones for what is left behind the last of the larger ones.
      for (const bytes of [1024 * 1024, 4_096, 1]) writeUntilFull(file, Buffer.alloc(bytes));
      ftruncateSync(file, fstatSync(file).size - leavingMiB * 1024 * 1024);
      closeSync(file);
    },
    makeRoom: () => rmSync(ballast),
    // Lazily, so that a process that still has a file open there does not keep it mounted.
    remove: () => execFileSync('umount', ['--lazy', folder]),
  };
}

function writeUntilFull(file: number, bytes: Buffer): void {
  try {
    for (;;) writeSync(file, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
