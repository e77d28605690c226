import { sql } from 'kysely';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  openPostgresReadDatabase,
  type PostgresReadDatabaseOptions,
} from '../../../src/adapters/postgres/open-postgres-read-database.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import { CheckpointRefused, LogUnavailable, ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import type { Database } from '../../../src/projections/database.ts';
import { events } from '../../../src/projections/events/read-model.ts';
import { createCopies } from '../../../src/projections/rebuild/copies.ts';
import { freePort } from '../../support/free-port.ts';
import { describeOn, isolated } from '../../support/services/real-services.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';

/** Backoff that passes a hundred times as fast. */
const hurried: Clock = {
  now: systemClock.now,
  sleep: (delayMs, signal) => systemClock.sleep(delayMs / 100, signal),
};

async function open(url: string, others: Partial<PostgresReadDatabaseOptions<Database>> = {}) {
  const logger = createRecordingLogger();
  const opened = await openPostgresReadDatabase<Database>({
    url,
    clock: hurried,
    random: systemRandom,
    logger,
    verify: async () => {},
    ...others,
  });
  onTestFinished(() => opened.close());
  const text = () =>
    JSON.stringify([logger.lines, opened.unhealthyReason()], (_, value) =>
      value instanceof Error ? `${value.stack} ${JSON.stringify(value)}` : value,
    );
  return { ...opened, warnings: () => logger.lines.filter(({ level }) => level === 'warn'), text };
}

/** Resolves once it holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

const changed = (url: string, parts: Partial<Pick<URL, 'password' | 'pathname' | 'port'>>) =>
  Object.assign(new URL(url), parts).href;

describe('PostgreSQL that nobody serves', () => {
  it('keeps nothing from starting, and is told in one line without user and password', async () => {
    const port = await freePort();
    const { db, unhealthyReason, warnings, text } = await open(`postgres://somebody:s3cr%23t@127.0.0.1:${port}/events`);
    const message = `PostgreSQL at 127.0.0.1:${port}/events cannot be reached; check that it runs and that DATABASE_URL names it`;
    expect(unhealthyReason()).toBe(message);
    await expect(db.selectFrom('events').select('id').execute()).rejects.toThrow(ReadDatabaseUnavailable);
    expect(warnings().map((line) => line.message)).toEqual([message]);
    expect(text()).not.toMatch(/s3cr|somebody/);
  });

  it('is refused where the URL cannot be read, without repeating it', async () => {
    const failure = await open('postgres://somebody:s3cr%t@[half/events').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TypeError);
    expect(`${(failure as Error).stack}${JSON.stringify(failure)}`).not.toContain('s3cr');
  });

  it('is refused where the URL names a file that is not there, by the name of the file', async () => {
    const opening = open('postgres://somebody:s3cr%23t@host/events?sslmode=verify-full&sslrootcert=/missing.pem');
    await expect(opening).rejects.toThrow(/^the URL of PostgreSQL names a certificate file .* read: \/missing\.pem$/);
  });
});

describeOn('PostgreSQL', 'read tables in PostgreSQL', () => {
  it('are made once by several processes that start at once', async () => {
    const url = await isolated('PostgreSQL');
    const all = await Promise.all(Array.from({ length: 6 }, () => open(url)));
    expect(all.map(({ unhealthyReason }) => unhealthyReason())).toEqual(all.map(() => null));
    expect(all.flatMap(({ warnings }) => warnings())).toEqual([]);
  });

  it.each([
    ['a wrong password', { password: 'wr0ng' }, /^PostgreSQL at \S+ refuses the user/],
    ['a database that is missing', { pathname: '/missing' }, /^PostgreSQL at \S+ has no such database/],
  ])('tell of %s, and of no secret', async (_, parts, expected) => {
    const url = changed(await isolated('PostgreSQL'), parts);
    const { unhealthyReason, warnings, text } = await open(url);
    expect(unhealthyReason()).toMatch(expected);
    expect(warnings()).toHaveLength(1);
    expect(text()).not.toContain(new URL(url).password);
  });

  it('are there as soon as the database is', async () => {
    const existing = await isolated('PostgreSQL');
    const name = `later-${new URL(existing).pathname.slice(1)}`;
    const { db, unhealthyReason } = await open(changed(existing, { pathname: `/${name}` }));
    expect(unhealthyReason()).toContain('has no such database');
    const operator = new pg.Client({ connectionString: existing });
    await operator.connect();
    await operator.query(`create database "${name}"`);
    await operator.end();
    await until(() => unhealthyReason() === null);
    expect(await db.selectFrom('events').select('id').execute()).toEqual([]);
  });

  it('are not touched when the log refuses their checkpoint', async () => {
    const url = await isolated('PostgreSQL');
    const first = await open(url);
    await first.db.insertInto('checkpoints').values({ subscriber: 'projection:events', checkpoint: '7' }).execute();
    const refused = new CheckpointRefused('the log ends at 3');
    const verify = () => Promise.reject(refused);
    await expect(open(url, { verify })).rejects.toBe(refused);
    expect(await first.db.selectFrom('checkpoints').select('checkpoint').execute()).toEqual([{ checkpoint: '7' }]);
  });

  it('wait for a log that cannot be asked yet, and say that it is the log', async () => {
    let isAway = true;
    const verify = async () => {
      if (isAway) throw new LogUnavailable('EventStoreDB at host:2113 cannot be reached');
    };
    const { unhealthyReason } = await open(await isolated('PostgreSQL'), { verify });
    expect(unhealthyReason()).toBe('EventStoreDB at host:2113 cannot be reached');
    isAway = false;
    await until(() => unhealthyReason() === null);
  });

  it('refuse a database that a later version migrated, and leave it as it is', async () => {
    const url = await isolated('PostgreSQL');
    const { db } = await open(url);
    await sql`insert into kysely_migration (name, timestamp) values ('9999-from-the-future', '')`.execute(db);
    expect((await open(url)).unhealthyReason()).toContain('was migrated by a later version');
  });

  it('give up a statement that takes too long, and serve the next one', async () => {
    const { db } = await open(await isolated('PostgreSQL'));
    const slow = sql`set statement_timeout = 1; select pg_sleep(60)`.execute(db);
    await expect(slow).rejects.toThrow(ReadDatabaseUnavailable);
    expect(await db.selectFrom('events').select('id').execute()).toEqual([]);
  });

  it('build an index that takes longer than a statement may, until it is broken off', async () => {
    const { db, forLong } = await open(await isolated('PostgreSQL'), {
      limits: { statementMs: 400, unresponsiveMs: 500 },
    });
    await sql`create function slowly(integer) returns integer immutable language plpgsql
      as 'begin perform pg_sleep(1); return $1; end'`.execute(db);
    await sql`create table slow as select 1 as id`.execute(db);
    const build = (name: string, signal: AbortSignal) =>
      createCopies(db, 'events', forLong).index(
        { ...events, tables: [], createIndexes: () => [sql`create index ${sql.id(name)} on slow (slowly(id))`] },
        signal,
      );
    await build('whole', new AbortController().signal);
    await expect(build('broken_off', AbortSignal.timeout(200))).rejects.toThrow(ReadDatabaseUnavailable);
    const { rows } = await sql`select indexname as name from pg_indexes where tablename = 'slow'`.execute(db);
    expect(rows).toEqual([{ name: 'whole' }]);
  });

  it('are reached with limits on statements, locks and idle transactions', async () => {
    const { db } = await open(await isolated('PostgreSQL'));
    const limits = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
    const { rows } = await sql<{ name: string; setting: string }>`
      select name, setting from pg_settings where name in (${sql.join(limits)}) order by name`.execute(db);
    expect(rows.map(({ setting }) => Number(setting) > 0 && Number(setting) <= 15_000)).toEqual([true, true, true]);
  });
});
