import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** SHA-256 of the first `bytes` bytes of a file, in hex. @throws errors of the file system. */
export async function hashFile(path: string, bytes: number): Promise<string> {
  const sum = createHash('sha256');
  if (bytes > 0)
    for await (const chunk of createReadStream(path, { end: bytes - 1, highWaterMark: 1024 * 1024 })) sum.update(chunk);
  return sum.digest('hex');
}
