import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Far more than a URL takes, and an end to what has none, such as /dev/zero. */
const MAX_BYTES = 16 * 1024;

export type SecretFile =
  | { readonly content: string; readonly problem: null }
  | { readonly content: null; readonly problem: string };

/** The content of a small file of UTF-8, or why there is none; never repeats any of it. */
export function readSecretFile(file: string): SecretFile {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(file, 'r');
    if (fstatSync(descriptor).isDirectory()) return unreadable('it is a folder, not a file');
    const content = readAtMost(descriptor, MAX_BYTES + 1);
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
