import type { Kysely } from 'kysely';
import type { MonotonicClock } from '../application/ports/clock.ts';
import type { Database } from './database.ts';

/** A process whose database was replaced goes on with the old key for no longer than that. */
const FRESH_MS = 60_000;

interface Options {
  readonly clock: Pick<MonotonicClock, 'monotonicMs'>;
  /** Becomes the key where there is none yet: 32 random bytes. */
  readonly proposal: Buffer;
}

/**
 * The key that the cursors of lists are made with, the same for all processes of one database. Whoever reads it reads the
 * rows as well, so that it is worth no more than they are; when it is lost, lists begin again.
 * @returns a function that @throws {ReadDatabaseUnavailable}
 */
export function createCursorKey(db: Kysely<Database>, { clock, proposal }: Options): () => Promise<Buffer> {
  let last: { readonly key: Buffer; readonly at: number } | null = null;
  return async () => {
    const at = clock.monotonicMs();
    if (last !== null && at - last.at < FRESH_MS) return last.key;
    const key = await loadKey(db, proposal);
    last = { key, at };
    return key;
  };
}

async function loadKey(db: Kysely<Database>, proposal: Buffer): Promise<Buffer> {
  const find = () => db.selectFrom('cursor_key').select('key').executeTakeFirst();
  const found = await find();
  if (found !== undefined) return Buffer.from(found.key, 'base64');
  // Of several processes that begin at once, one is first.
  const key = proposal.toString('base64');
  await db
    .insertInto('cursor_key')
    .values({ key })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return Buffer.from((await find())?.key ?? key, 'base64');
}
