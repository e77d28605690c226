import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { Kysely } from 'kysely';
import pg from 'pg';
import type { Logger } from '../../application/ports/logger.ts';
import { dialectOn } from './dialect.ts';
import { type EmbeddedFolder, embeddedFolder } from './embedded-folder.ts';
import { EmbeddedSocket } from './embedded-socket.ts';
import { migrateToLatest } from './migrate.ts';
import { isDamage } from './translate-failures.ts';
import { translatingPool } from './translating-pool.ts';

export interface EmbeddedReadDatabase<Database> {
  /** The same through every recreation. One connection, handed round: inside a transaction use its handle only. */
  readonly db: Kysely<Database>;
  /** Why the rows were thrown away when it was opened, for an operator; `null` when they were kept or are the first. */
  readonly recreated: string | null;
  /**
   * Throws the rows and every checkpoint in the database away and begins with empty tables. Queries under way fail with
   * ReadDatabaseUnavailable. For when the log refuses the stored checkpoint.
   */
  recreate(reason: string): Promise<void>;
  /** Waits for queries under way. A second call does nothing. */
  close(): Promise<void>;
}

/** How long a query may wait for the connection; longer than any batch, shorter than a client's patience. */
const LONGEST_WAIT_MS = 30_000;
/** What PGlite has; said here because `pg` would take others from the environment. */
const onlyDatabase = { user: 'postgres', database: 'postgres', ssl: false };

/**
 * PostgreSQL inside this process, its schema at this version's. What cannot be believed or opened is thrown away with a
 * warning and begun anew: the rows are a cache of the log. The caller holds the lock on the data folder.
 * @throws when not even a new one can be made: no space, no permission.
 */
export async function openEmbeddedReadDatabase<Database>({
  folder,
  logger,
}: {
  readonly folder: string;
  readonly logger: Logger;
}): Promise<EmbeddedReadDatabase<Database>> {
  await mkdir(folder, { recursive: true });
  const files = embeddedFolder(folder);
  let socket: EmbeddedSocket | null = null;
  let mayOpen: Promise<unknown> = Promise.resolve();
  let mayBeBelieved = false;

  const pool = new pg.Pool({
    ...onlyDatabase,
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: LONGEST_WAIT_MS,
    stream: () => {
      // Two threads must never have the same files open.
      const previous = Promise.all([mayOpen, socket?.ended]);
      socket = new EmbeddedSocket(
        () => previous.then(() => files.cluster),
        (complaint) => logger.warn({ folder, complaint }, 'The read tables could not be tidied up'),
      );
      return socket;
    },
  });
  const db = new Kysely<Database>({ dialect: dialectOn(translatingPool(pool, noticeDamage)) });

  function noticeDamage(error: unknown): void {
    if (!mayBeBelieved || !isDamage(error)) return;
    mayBeBelieved = false;
    logger.error({ err: error, folder }, 'The read tables are damaged: start again, and they are rebuilt from the log');
    files.markDamaged().catch((failure: unknown) => {
      logger.error({ err: failure, folder }, 'The damage could not be marked: delete the folder before the next start');
    });
  }

  async function prepare(reason: string | null): Promise<void> {
    mayBeBelieved = false;
    if (reason !== null)
      logger.warn({ folder, reason }, `The read tables are thrown away (${reason}) and rebuilt from the log`);
    if (reason !== null || !(await files.hasCluster())) {
      await files.discard();
      await createCluster(files);
    }
    await files.markOpen();
    mayBeBelieved = true;
  }

  async function recreate(reason: string): Promise<void> {
    mayOpen = mayOpen
      .catch(() => {})
      .then(async () => {
        socket?.destroy(new Error('The read tables are being thrown away'));
        await socket?.ended;
        await prepare(reason);
      });
    await mayOpen;
    await migrateToLatest(db);
  }

  let recreated = await files.reasonToDiscard();
  await prepare(recreated);
  try {
    await migrateToLatest(db);
  } catch (error) {
    recreated = `they could not be opened: ${error instanceof Error ? error.message : String(error)}`;
    await recreate(recreated).catch(async (failure: unknown) => {
      await db.destroy();
      throw failure;
    });
  }

  let closing: Promise<void> | null = null;
  return {
    db,
    recreated,
    recreate,
    close() {
      closing ??= (async () => {
        await mayOpen.catch(() => {});
        await db.destroy();
        await socket?.ended;
        if (mayBeBelieved) await files.markClosed();
      })();
      return closing;
    },
  };
}

/** In a thread of its own, because making the files takes memory that only the thread's end gives back. */
async function createCluster({ draft, promoteDraft }: EmbeddedFolder): Promise<void> {
  const socket = new EmbeddedSocket(async () => draft);
  await once(socket.connect(), 'connect');
  await once(socket.end(), 'close');
  await promoteDraft();
}
