/**
 * A result that nothing takes (a full disk, a reader that is gone) is a failure of the command, said in one sentence; a
 * message that nothing takes is none.
 */
export function reportLostResults(): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    process.exitCode = 1;
    process.stderr.write(`The result could not be written to standard output (${code})\n`);
  });
}
