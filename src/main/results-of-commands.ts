import { once } from 'node:events';

let isReaderFree = false;

/** What follows is a list or a stream, of which a reader such as `head` may take as much as it likes. */
export function readerMayLeave(): void {
  isReaderFree = true;
}

/** Waits while the reader is slower. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/**
 * A result that nothing takes (a full disk, a reader that is gone) is a failure of the command, said in one sentence; a
 * message that nothing takes is none.
 */
export function reportLostResults(): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (isReaderFree && code === 'EPIPE') process.exit();
    process.exitCode = 1;
    process.stderr.write(`The result could not be written to standard output (${code})\n`);
  });
}
