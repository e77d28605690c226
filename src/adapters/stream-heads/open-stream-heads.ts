import { DatabaseSync } from 'node:sqlite';
import type { StreamHead, StreamHeads } from '../../application/ports/stream-heads.ts';

/** Of histories in memory. With more, all of them go to the disk. */
const MOST_IN_MEMORY = 50_000;
const CACHE_KIB = 32 * 1024;

/** Keeps what has no room in memory in a temporary file of SQLite, which is gone with the process. */
export function openStreamHeads(mostInMemory = MOST_IN_MEMORY): StreamHeads {
  const database = new DatabaseSync('');
  database.exec(`
    PRAGMA cache_size = -${CACHE_KIB};
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE heads (
      stream TEXT PRIMARY KEY, revision INTEGER NOT NULL, hash TEXT NOT NULL, is_left_out INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;`);
  const find = database.prepare('SELECT revision, hash, is_left_out FROM heads WHERE stream = ?');
  const put = database.prepare('INSERT OR REPLACE INTO heads VALUES (?, ?, ?, ?)');
  const inMemory = new Map<string, StreamHead>();
  let isAnyOnDisk = false;

  function writeAll(): void {
    database.exec('BEGIN');
    // In the order of the table: so each of its pages is written once.
    for (const [stream, { revision, hash, isLeftOut }] of [...inMemory].sort(([one], [other]) =>
      one < other ? -1 : 1,
    ))
      put.run(stream, revision, hash, isLeftOut ? 1 : 0);
    database.exec('COMMIT');
    inMemory.clear();
    isAnyOnDisk = true;
  }

  return {
    get(stream) {
      const known = inMemory.get(stream);
      if (known !== undefined || !isAnyOnDisk) return known ?? null;
      const row = find.get(stream);
      if (row === undefined) return null;
      return { revision: Number(row['revision']), hash: String(row['hash']), isLeftOut: row['is_left_out'] === 1 };
    },
    set(stream, head) {
      inMemory.set(stream, head);
      if (inMemory.size >= mostInMemory) writeAll();
    },
    close: () => database.close(),
  };
}
