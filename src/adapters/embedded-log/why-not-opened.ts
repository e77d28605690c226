import { DatabaseSync } from 'node:sqlite';

const LONGEST_MS = 2_000;

/** What SQLite says of a log that cannot be opened; `null` for one that can. Takes no lock, and changes nothing. */
export function whyNotOpened(file: string): string | null {
  try {
    const log = new DatabaseSync(file, { readOnly: true, timeout: LONGEST_MS });
    try {
      log.prepare('SELECT count(*) FROM sqlite_schema').get();
    } finally {
      log.close();
    }
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
