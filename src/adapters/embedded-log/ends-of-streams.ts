import { existsSync } from 'node:fs';
import { auditLogFile } from './database/read-log-file.ts';
import { createStreamDirectory } from './database/stream-directory.ts';

/** The revision of a stream's last transition; `null` when there is no such stream. */
export type EndOfStream = (stream: string) => number | null;

/**
 * Gives `use` a log that no process has open, also one that is refused or not there, and changes nothing.
 * @throws {LogFileRefused} when it cannot be read.
 */
export async function withEndsOfStreams<Value>(
  path: string,
  use: (endOf: EndOfStream) => Promise<Value>,
): Promise<Value> {
  if (!existsSync(path)) return use(() => null);
  return auditLogFile(path, async (database) => {
    const streams = createStreamDirectory(database);
    return use((stream) => streams.find(stream)?.revision ?? null);
  });
}
