import { once } from 'node:events';
import { mkdir, statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely } from 'kysely';
import pg from 'pg';
import { createBackoff } from '../../application/backoff.ts';
import { CheckpointRefused, ReadDatabaseUnavailable } from '../../application/failures.ts';
import type { Logger } from '../../application/ports/logger.ts';
import { dialectOn } from './dialect.ts';
import { type EmbeddedFolder, embeddedFolder } from './embedded-folder.ts';
import { createReopening, type ReopeningLimits, reopeningLimits } from './embedded-reopening.ts';
import { EmbeddedSocket } from './embedded-socket.ts';
import { lacksMeans, whole } from './lacks-means.ts';
import { migrateToLatest } from './migrate.ts';
import { isDamage } from './translate-failures.ts';
import { translatingPool } from './translating-pool.ts';

export interface EmbeddedReadDatabase<Database> {
  /** The same whatever happens to the files. One connection, handed round: inside a transaction use its handle only. */
  readonly db: Kysely<Database>;
  /** Why the tables cannot be used yet, in words for an operator; `null` once they can. */
  unhealthyReason(): string | null;
  /** Waits for queries under way. A second call does nothing. */
  close(): Promise<void>;
}

export const embeddedReadLimits = {
  /** How long a query may wait for the connection; longer than any batch, shorter than clients usually wait. */
  longestWaitMs: 30_000,
  /** Between two attempts to open tables that cannot be opened; twice as long each time. */
  firstRetryMs: 1_000,
  longestRetryMs: 30_000,
  /**
   * Free on the disk before new tables are made: they take about 38 MiB when they are empty. On a disk with less, they
   * would take what the log needs to go on.
   */
  leastRoomMiB: 64,
  ...reopeningLimits,
} as const;
export type EmbeddedReadLimits = ReopeningLimits & { readonly [Name in keyof typeof embeddedReadLimits]: number };

export interface EmbeddedReadDatabaseOptions<Database> {
  readonly folder: string;
  readonly logger: Logger;
  /**
   * Called once the schema is there: whether the rows may be believed. Any other failure is tried again.
   * @throws {CheckpointRefused} when they may not: nothing is deleted here.
   */
  readonly verify?: (db: Kysely<Database>) => Promise<void>;
  readonly limits?: Partial<EmbeddedReadLimits>;
}

/** What PGlite has; said here because `pg` would take others from the environment. */
const onlyDatabase = { user: 'postgres', database: 'postgres', ssl: false };

/**
 * PostgreSQL inside this process, its schema at this version's. Files that cannot be believed are thrown away with a
 * warning: the rows are a cache of the log. The caller holds the lock on the data folder.
 *
 * Resolves after the first attempt, also when it failed for want of room, rights or file descriptors: nothing else needs
 * the rows to start. It is tried again until the tables are there, and `unhealthyReason` says what is wrong.
 * @throws {CheckpointRefused} when `verify` does at the first attempt. Later, `unhealthyReason` says so, permanently.
 */
export async function openEmbeddedReadDatabase<Database>(
  options: EmbeddedReadDatabaseOptions<Database>,
): Promise<EmbeddedReadDatabase<Database>> {
  const { folder, logger, verify = async () => {} } = options;
  const limits = { ...embeddedReadLimits, ...options.limits };
  const files = embeddedFolder(folder);
  const closing = new AbortController();
  let socket: EmbeddedSocket | null = null;
  let mayOpen: Promise<unknown> = Promise.resolve();
  let mayBeBelieved = false;
  /** Made by this process, and never open yet: there is nothing in it that is worth its room. */
  let isNew = false;
  let unhealthyReason: string | null = `The read tables in ${folder} are not open yet`;

  const pool = new pg.Pool({
    ...onlyDatabase,
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: limits.longestWaitMs,
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
  const reopening = createReopening(limits, (reason) => {
    logger.warn({ folder, reason }, 'The same failure comes again and again: the read tables are opened again');
    socket?.destroy(new Error('The read tables are being opened again'));
  });
  const translated = translatingPool(pool, (error) => {
    noticeDamage(error);
    if (mayBeBelieved) reopening.failed(error);
  });
  const own = new Kysely<Database>({ dialect: dialectOn(translated) });
  const connect = async () => {
    if (unhealthyReason !== null) throw new ReadDatabaseUnavailable(unhealthyReason);
    return translated.connect();
  };
  const db = new Kysely<Database>({
    dialect: dialectOn({ options: translated.options, connect, end: async () => {} }),
  });

  function noticeDamage(error: unknown): void {
    if (!mayBeBelieved || !isDamage(error)) return;
    mayBeBelieved = false;
    unhealthyReason = `The read tables in ${folder} are damaged: start again, and they are rebuilt from the log`;
    logger.error({ err: error, folder }, unhealthyReason);
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
      await requireRoom(folder, limits.leastRoomMiB);
      await createCluster(files);
      isNew = true;
    }
    await files.markOpen();
    mayBeBelieved = true;
  }

  /** With no thread at work on the files. */
  async function prepareAlone(reason: string | null): Promise<void> {
    const previous = mayOpen.catch(() => {});
    mayOpen = previous.then(async () => {
      socket?.destroy(new Error('The read tables are being opened again'));
      await socket?.ended;
      await prepare(reason);
    });
    await mayOpen;
  }

  async function discardAlone(): Promise<void> {
    isNew = false;
    mayBeBelieved = false;
    socket?.destroy(new Error('The read tables give their room back'));
    await socket?.ended;
    await files.discard();
  }

  async function open(): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await prepareAlone(await files.reasonToDiscard());
    try {
      await migrateToLatest(own);
    } catch (error) {
      if (lacksMeans(error) && isNew) await discardAlone();
      if (lacksMeans(error)) throw error;
      await prepareAlone(`they could not be opened: ${whole(error)}`);
      await migrateToLatest(own);
    }
    await files.makePrivate();
    await verify(own);
    isNew = false;
    unhealthyReason = null;
  }

  const attempted = Promise.withResolvers<void>();
  async function openWithRetries(): Promise<void> {
    let isLate = false;
    const backoff = createBackoff({ firstMs: limits.firstRetryMs, longestMs: limits.longestRetryMs });
    while (!closing.signal.aborted) {
      try {
        await open();
        if (isLate) logger.info({ folder }, 'The read tables are open');
        return;
      } catch (error) {
        if (error instanceof CheckpointRefused) throw error;
        report(`The read tables in ${folder} cannot be opened: ${whole(error)}`);
      }
      isLate = true;
      attempted.resolve();
      await sleep(backoff.next(), undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }
  /** Said once, not at each of the attempts that fail in the same way. */
  function report(found: string): void {
    if (found !== unhealthyReason)
      logger.error({ folder }, `${found}. Events are taken without them; check its disk: it is tried again`);
    unhealthyReason = found;
  }
  const opening = openWithRetries().then(attempted.resolve, (error: Error) => {
    unhealthyReason = error.message;
    logger.error({ folder }, error.message);
    attempted.reject(error);
  });

  let closed: Promise<void> | null = null;
  const close = () => {
    closing.abort();
    closed ??= (async () => {
      await opening;
      await db.destroy();
      await own.destroy();
      await socket?.ended;
      if (mayBeBelieved) await files.markClosed();
    })();
    return closed;
  };
  try {
    await attempted.promise;
  } catch (error) {
    await close();
    throw error;
  }
  return { db, unhealthyReason: () => unhealthyReason, close };
}

/** @throws when the disk has less; in the words of a full disk, so that it is tried again. */
async function requireRoom(folder: string, leastMiB: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeMiB = Math.floor((bavail * bsize) / 2 ** 20);
  if (freeMiB < leastMiB)
    throw new Error(`the disk is full: new tables need ${leastMiB} MiB of free room, and ${freeMiB} MiB are free`);
}

/** In a thread of its own, because making the files takes memory that only the thread's end gives back. */
async function createCluster({ draft, discardDraft, promoteDraft }: EmbeddedFolder): Promise<void> {
  const socket = new EmbeddedSocket(async () => draft);
  try {
    await once(socket.connect(), 'connect');
    await once(socket.end(), 'close');
    await promoteDraft();
  } catch (error) {
    // What it took of a full disk may be the room that the log needs.
    socket.destroy();
    await socket.ended;
    await discardDraft();
    throw error;
  }
}
