import { constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { promisify } from 'node:util';

/** Where bytes go. No call ever waits for a reader. */
export interface Descriptor {
  /** How many bytes were taken. @throws the system's error; `EAGAIN` when none are taken at this moment. */
  write(bytes: Uint8Array): number | Promise<number>;
  /** The same, done when it returns: for the end of the process. */
  writeNow(bytes: Uint8Array): number;
}

/**
 * Standard output (1) or standard error (2), without ever waiting. A pipe or socket whose reader has stopped, and a
 * terminal that was paused, would hold the whole process in a blocking write; a file system that does not answer holds a
 * thread of the pool instead, and what comes later waits in memory.
 */
export function standardDescriptor(number: 1 | 2): Descriptor {
  const descriptor = withoutBlocking(number);
  const writeNow = (bytes: Uint8Array) => writeSync(descriptor, bytes);
  if (!fstatSync(descriptor).isFile()) return { write: writeNow, writeNow };
  const writeInPool = promisify(write);
  return { write: async (bytes) => (await writeInPool(descriptor, bytes)).bytesWritten, writeNow };
}

function withoutBlocking(number: 1 | 2): number {
  // Node makes a pipe or socket non-blocking as soon as its stream exists, also for what native code writes there.
  void (number === 1 ? process.stdout : process.stderr);
  return isatty(number) ? terminalWithoutBlocking(number) : number;
}

/** Opened another time, since Node's own stream makes the terminal of all who share it blocking. */
function terminalWithoutBlocking(number: number): number {
  try {
    return openSync(`/proc/self/fd/${number}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // Another system, or another user's terminal: then a paused terminal pauses us.
    return number;
  }
}
