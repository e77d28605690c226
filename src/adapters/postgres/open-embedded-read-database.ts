import { mkdir } from 'node:fs/promises';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Logger } from '../../application/ports/logger.ts';
import { type EmbeddedFolder, embeddedFolder } from './embedded-folder.ts';
import { EmbeddedSocket } from './embedded-socket.ts';
import { migrateToLatest } from './migrate.ts';
import { isDamage, translatingPool } from './translate-failures.ts';

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

/** The one that PGlite makes; said here because `pg` would take others from the environment. */
const onlyDatabase = { user: 'postgres', database: 'postgres' };
/** How long a query may wait for the connection; longer than the longest batch, shorter than a client's patience. */
const LONGEST_WAIT_MS = 30_000;
/** Damage that comes back so often comes from the disk, and rebuilding does not help. */
const MOST_RECREATIONS_FOR_DAMAGE = 3;

/**
 * PostgreSQL inside this process, its schema at this version's. What cannot be used is thrown away with a warning and
 * begun anew: the rows are a cache of the log. The caller holds the lock on the data folder.
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
  let recreations = 0;

  const pool = new pg.Pool({
    ...onlyDatabase,
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: LONGEST_WAIT_MS,
    stream: () => {
      // Two threads must never have the same files open.
      const previous = Promise.all([mayOpen, socket?.ended]);
      socket = new EmbeddedSocket(() => previous.then(() => files.cluster));
      return socket;
    },
  });
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: translatingPool(pool, repairDamage) }) });

  async function prepare(reason: string | null): Promise<void> {
    if (reason !== null)
      logger.warn({ folder, reason }, `The read tables are thrown away (${reason}) and rebuilt from the log`);
    if (reason !== null || !(await files.hasCluster())) {
      await files.discard();
      await createCluster(files);
    }
    await files.markOpen();
  }

  async function recreate(reason: string): Promise<void> {
    const left = socket;
    mayOpen = mayOpen.then(async () => {
      left?.destroy(new Error('The read tables are being thrown away'));
      await left?.ended;
      await prepare(reason);
    });
    await mayOpen;
    await migrateToLatest(db);
  }

  function repairDamage(error: unknown): void {
    if (!isDamage(error) || recreations >= MOST_RECREATIONS_FOR_DAMAGE) return;
    recreations += 1;
    recreate('their files are damaged').catch((failure: unknown) =>
      logger.error({ err: failure, folder }, 'The damaged read tables could not be thrown away'),
    );
  }

  let recreated = await files.reasonToDiscard();
  await prepare(recreated);
  try {
    await migrateToLatest(db);
  } catch (error) {
    recreated = `they could not be opened: ${error instanceof Error ? error.message : String(error)}`;
    await recreate(recreated);
  }

  let closing: Promise<void> | null = null;
  return {
    db,
    recreated,
    recreate,
    close() {
      closing ??= (async () => {
        await mayOpen;
        await db.destroy();
        await socket?.ended;
        await files.markClosed();
      })();
      return closing;
    },
  };
}

/** In a thread of its own, because making the files takes 200 MB that only the thread's end gives back. */
async function createCluster({ draft, promoteDraft }: EmbeddedFolder): Promise<void> {
  const socket = new EmbeddedSocket(async () => draft);
  const maker = new pg.Client({ ...onlyDatabase, stream: () => socket });
  await maker.connect();
  await maker.end();
  await socket.ended;
  await promoteDraft();
}
