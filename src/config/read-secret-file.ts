import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Far more than a URL takes, and an end to what has none, such as /dev/zero. */
const MAX_BYTES = 16 * 1024;
/** A pipe, such as the shell's `<(…)`, may be written to later than it is opened; one that never is must not hold the start. */
const PIPE_PATIENCE_MS = 5_000;
const PIPE_LOOK_MS = 20;

export type SecretFile =
  | { readonly content: string; readonly problem: null }
  | { readonly content: null; readonly problem: string };

/** The content of a small file or pipe of UTF-8, or why there is none; never repeats any of it. */
export function readSecretFile(file: string, pipePatienceMs = PIPE_PATIENCE_MS): SecretFile {
  let descriptor: number | null = null;
  try {
    // To open a pipe waits for its writer otherwise.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = fstatSync(descriptor);
    if (status.isDirectory()) return unreadable('it is a folder, not a file');
    const content = status.isFIFO()
      ? readPipe(descriptor, MAX_BYTES + 1, pipePatienceMs)
      : readAtMost(descriptor, MAX_BYTES + 1);
    if (content === null) return unreadable(`it is a pipe whose end did not come within ${pipePatienceMs / 1_000} s`);
    if (content.length > MAX_BYTES) return unreadable(`the file has more than ${MAX_BYTES} bytes, which is no URL`);
    return { content: new TextDecoder('utf-8', { fatal: true }).decode(content), problem: null };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return unreadable('the file is not UTF-8 text');
    return unreadable(`the file cannot be read (${code})`);
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

const unreadable = (problem: string): SecretFile => ({ content: null, problem });

function readAtMost(descriptor: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  let length = 0;
  for (let read = -1; read !== 0 && length < bytes; length += read)
    read = readSync(descriptor, buffer, length, bytes - length, null);
  return buffer.subarray(0, length);
}

/** @returns `null` when its writer was too late. */
function readPipe(descriptor: number, bytes: number, patienceMs: number): Buffer | null {
  const buffer = Buffer.alloc(bytes);
  const looks = Math.ceil(patienceMs / PIPE_LOOK_MS);
  let length = 0;
  for (let look = 0; look < looks; look++) {
    const read = readIfThere(descriptor, buffer, length);
    length += read ?? 0;
    // Nothing to read is its end only when something came before: without a writer, it has an end as well.
    if (length === bytes || (read === 0 && length > 0)) return buffer.subarray(0, length);
    if (read === null || read === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PIPE_LOOK_MS);
  }
  return null;
}

/** @returns `null` while a writer is there and has written nothing more. */
function readIfThere(descriptor: number, buffer: Buffer, from: number): number | null {
  try {
    return readSync(descriptor, buffer, from, buffer.length - from, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return null;
    throw error;
  }
}
