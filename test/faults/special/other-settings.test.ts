import { sql } from 'kysely';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serverLimits } from '../../../src/adapters/postgres/server.ts';
import { sessionSettings } from '../../../src/adapters/postgres/session.ts';
import { ReadDatabaseUnavailable, ReadDatabaseUnfit } from '../../../src/application/failures.ts';
import { readOnly } from '../../../src/projections/database.ts';
import { eventFromHistory, findEvent, listEvents } from '../../../src/projections/events/queries.ts';
import { createLeases } from '../../../src/projections/leases.ts';
import { histories } from '../../support/domain/transitions.ts';
import { checkpointAfter, historyOf, projectorOn } from '../../support/read-database/following.ts';
import { openReadTablesAt } from '../../support/read-database/postgres.ts';
import { describeBehindPgBouncer } from '../../support/services/behind-pgbouncer.ts';
import { describeOn, isolated } from '../../support/services/real-services.ts';

/** What operators have set for other programs, and that changes what a statement means or how values come back. */
const odd: Readonly<Record<string, string>> = {
  datestyle: 'German, DMY',
  timezone: 'Asia/Kathmandu',
  intervalstyle: 'sql_standard',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  standard_conforming_strings: 'off',
  backslash_quote: 'on',
  default_transaction_isolation: 'serializable',
  statement_timeout: '2s',
  lock_timeout: '2s',
  idle_in_transaction_session_timeout: '2s',
};

async function operate(url: string, ...statements: readonly string[]): Promise<void> {
  const operator = new pg.Client({ connectionString: url });
  await operator.connect();
  for (const statement of statements) await operator.query(statement);
  await operator.end();
}

const nameOf = (url: string) => `"${new URL(url).pathname.slice(1)}"`;

async function open(url: string) {
  const opened = await openReadTablesAt(url);
  onTestFinished(() => opened.close());
  expect(opened.unhealthyReason()).toBeNull();
  return opened;
}

/** What is in force for a statement alone, and for one in a transaction. */
async function settingsIn(db: Awaited<ReturnType<typeof open>>['db']) {
  const names = [...Object.keys(odd).filter((name) => name !== 'backslash_quote'), 'transaction_isolation'];
  const ask = sql<{ name: string; setting: string }>`
    select lower(name) as name, setting from pg_settings where lower(name) in (${sql.join(names)})`;
  const settings = async (database: Pick<typeof db, 'getExecutor'>) =>
    Object.fromEntries((await ask.execute(database)).rows.map(({ name, setting }) => [name, setting]));
  return [await settings(db), await db.transaction().execute(settings)];
}

const ours = { ...sessionSettings(serverLimits), transaction_isolation: 'read committed' };

/** Whether rows, pages, leases and settings are as everywhere. */
async function expectAllIsWell(url: string): Promise<void> {
  const { db } = await open(url);
  const history = historyOf('one', histories.processed);
  await projectorOn(db).handle(history, checkpointAfter(history.length));
  const expected = eventFromHistory(history);
  expect(await findEvent(readOnly(db), expected?.id ?? '')).toEqual(expected);
  expect((await listEvents(readOnly(db), {}, { limit: 1 })).items).toEqual([expected]);
  const leases = createLeases(db);
  const lease = await leases.acquire('projector', 'first');
  expect([lease?.epoch, await leases.acquire('projector', 'second')]).toEqual([1n, null]);
  for (const settings of await settingsIn(db)) expect(settings).toMatchObject(ours);
}

const setOdd = (url: string) =>
  operate(url, ...Object.entries(odd).map(([name, value]) => `alter database ${nameOf(url)} set ${name} = '${value}'`));

describeOn('PostgreSQL', 'a database with settings of its own', () => {
  it('is written and read as any other', async () => {
    const url = await isolated('PostgreSQL');
    await setOdd(url);
    await expectAllIsWell(url);
  });

  it.each(['LATIN1', 'SQL_ASCII'])('is refused when its encoding is %s, with how to make another', async (encoding) => {
    const url = await isolated('PostgreSQL');
    const other = Object.assign(new URL(url), { pathname: `${new URL(url).pathname}-${encoding}` }).href;
    const like = `encoding '${encoding}' lc_collate 'C' lc_ctype 'C' template template0`;
    await operate(url, `create database ${nameOf(other)} ${like}`);
    const failure = await openReadTablesAt(other).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ReadDatabaseUnfit);
    expect(String(failure)).toMatch(new RegExp(`encoding ${encoding}.*create database .* encoding 'UTF8'`));
  });
});

describe.each([
  ['session pooling', 'session', []],
  ['transaction pooling', 'transaction', []],
  [
    'transaction pooling, and parameters ignored',
    'transaction',
    ['ignore_startup_parameters = options,statement_timeout,lock_timeout,idle_in_transaction_session_timeout'],
  ],
] as const)('behind PgBouncer', (kind, poolMode, settings) => {
  describeBehindPgBouncer(kind, { poolMode, settings }, ({ database }) => {
    it('a database with settings of its own is written and read as any other, and others find their settings', async () => {
      const { url, direct } = await database();
      await setOdd(direct);
      await expectAllIsWell(url);
      const neighbour = new pg.Client({ connectionString: url });
      await neighbour.connect();
      for (let turn = 0; turn < 5; turn++)
        expect((await neighbour.query('show lock_timeout')).rows).toEqual([{ lock_timeout: '2s' }]);
      await neighbour.end();
    });

    it('no transition is passed over while the server is away', async () => {
      const { url, direct } = await database();
      const { db } = await open(url);
      const history = historyOf('one', histories.processed);
      const projector = projectorOn(db);
      const admit = (does: boolean) => {
        const others = `pid <> pg_backend_pid() and datname = '${new URL(direct).pathname.slice(1)}'`;
        return operate(
          Object.assign(new URL(direct), { pathname: '/postgres' }).href,
          `alter database ${nameOf(direct)} allow_connections ${does}`,
          ...(does ? [] : [`select pg_terminate_backend(pid) from pg_stat_activity where ${others}`]),
        );
      };
      await admit(false);
      await expect(projector.handle(history, checkpointAfter(3))).rejects.toThrow(ReadDatabaseUnavailable);
      await admit(true);
      while (
        (await projector.handle(history, checkpointAfter(3)).then(
          () => null,
          (error: unknown) => error,
        )) instanceof ReadDatabaseUnavailable
      );
      expect(await db.selectFrom('projection_failures').selectAll().execute()).toEqual([]);
      expect(await db.selectFrom('events').select('status').execute()).toEqual([{ status: 'PROCESSED' }]);
    });
  });
});
