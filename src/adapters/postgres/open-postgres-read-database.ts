import { Kysely } from 'kysely';
import type pg from 'pg';
import { createBackoff } from '../../application/backoff.ts';
import { CheckpointRefused, LogUnavailable, ReadDatabaseUnfit } from '../../application/failures.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { Random } from '../../application/ports/random.ts';
import { dialectOn } from './dialect.ts';
import { explain } from './explain.ts';
import { checkFitness } from './fitness.ts';
import { migrateToLatest } from './migrate.ts';
import { type PoolOfSessions, type PostgresServer, parsePostgresServer, type ServerLimits } from './server.ts';
import { poolOfSessions } from './translating-pool.ts';

const RETRYING = { firstMs: 200, longestMs: 5_000 };

export interface PostgresReadDatabase<Database> {
  readonly db: Kysely<Database>;
  /** For statements that take as long as they take, on a connection of their own. `signal` breaks it off. */
  forLong<Result>(work: (db: Kysely<Database>) => Promise<Result>, signal: AbortSignal): Promise<Result>;
  /** Host, port and database, without user and password. */
  readonly label: string;
  /** Why the tables cannot be used yet, in words for an operator and without secrets; `null` once they can. */
  unhealthyReason(): string | null;
  /** Waits for queries under way. A second call does nothing. */
  close(): Promise<void>;
}

export interface PostgresReadDatabaseOptions<Database> {
  /** `postgres://`, with user, password and database. Never repeated anywhere. */
  readonly url: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /**
   * Called once the schema is there: whether the rows may be believed.
   * @throws {CheckpointRefused} when they may not: nothing is deleted here, an operator has to decide.
   */
  readonly verify: (db: Kysely<Database>) => Promise<void>;
  readonly limits?: Partial<ServerLimits>;
}

/**
 * Read tables in PostgreSQL, shared by any number of processes. Brings the schema to this version's: of several
 * processes that start at once one does so, and the others wait for it.
 *
 * Resolves after the first attempt, also when it failed: an absent database keeps nothing else from starting. It is
 * tried again with backoff until the tables are there, and `unhealthyReason` and one line of the log say what is wrong.
 * @throws {CheckpointRefused} when `verify` does at the first attempt. Later, `unhealthyReason` says so, permanently.
 * @throws {ReadDatabaseUnfit} at the first attempt. Later, `unhealthyReason` says so, until there is another database.
 * @throws {ServerUrlInvalid} when `url` is none.
 */
export async function openPostgresReadDatabase<Database>(
  options: PostgresReadDatabaseOptions<Database>,
): Promise<PostgresReadDatabase<Database>> {
  const { url, clock, random, logger, verify, limits } = options;
  const server = parsePostgresServer(url, limits);
  const db = openOn<Database>(server.createPool());
  const closing = new AbortController();
  const attempted = Promise.withResolvers<void>();
  let isOpen = false;
  let unhealthyReason: string | null = `PostgreSQL at ${server.label}: not asked yet`;

  const prepare = async () => {
    const migrations = await migrate(server);
    if (migrations.length > 0) logger.info({ database: server.label, migrations }, 'migrated the read tables');
    await verify(db);
    unhealthyReason = null;
    logger.info({ database: server.label }, 'the read tables are ready');
  };
  const report = (found: string, retryInMs: number) => {
    // Said once, not at each of the attempts that fail in the same way.
    if (found !== unhealthyReason) logger.warn({ database: server.label, retryInMs }, found);
    unhealthyReason = found;
  };
  const prepareWithRetries = async () => {
    const backoff = createBackoff(RETRYING, random);
    while (!closing.signal.aborted) {
      try {
        return await prepare();
      } catch (error) {
        if (error instanceof CheckpointRefused) throw error;
        // What runs already goes on without rows; what starts would never have any.
        if (error instanceof ReadDatabaseUnfit && !isOpen) throw error;
        const retryInMs = backoff.next();
        const isPlain = error instanceof LogUnavailable || error instanceof ReadDatabaseUnfit;
        report(isPlain ? error.message : explain(error, server), retryInMs);
        attempted.resolve();
        await clock.sleep(retryInMs, closing.signal);
      }
    }
  };
  const preparing = prepareWithRetries().then(attempted.resolve, (error: Error) => {
    unhealthyReason = error.message;
    // Before, the error goes to whoever opens it.
    if (isOpen) logger.error({ database: server.label }, error.message);
    attempted.reject(error);
  });

  let closed: Promise<void> | null = null;
  const close = () => {
    closing.abort();
    closed ??= preparing.then(() => db.destroy());
    return closed;
  };
  try {
    await attempted.promise;
    isOpen = true;
  } catch (error) {
    await close();
    throw error;
  }
  const forLong: PostgresReadDatabase<Database>['forLong'] = async (work, signal) => {
    const pool = server.createMigrationPool();
    // In the middle of a statement this breaks the connection off, and the server undoes what was begun.
    pool.pool.on('connect', (client) => {
      const end = () => void (client as pg.Client).end();
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    });
    return onOneOf(pool, work);
  };
  return { db, forLong, label: server.label, unhealthyReason: () => unhealthyReason, close };
}

const openOn = <Database>(pool: PoolOfSessions) => new Kysely<Database>({ dialect: dialectOn(poolOfSessions(pool)) });

/** On a connection of its own: building an index may take longer than any other statement is given. */
async function migrate(server: PostgresServer): Promise<readonly string[]> {
  return onOneOf<unknown, readonly string[]>(server.createMigrationPool(), async (db) => {
    await checkFitness(db, server.label);
    return migrateToLatest(db);
  });
}

async function onOneOf<Database, Result>(pool: PoolOfSessions, work: (db: Kysely<Database>) => Promise<Result>) {
  const db = openOn<Database>(pool);
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}
