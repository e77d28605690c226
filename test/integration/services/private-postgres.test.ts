import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPostgres, findPostgres, type PrivatePostgres } from '../../support/services/postgres.ts';

const found = findPostgres();
const title = (text: string) => (found.found ? text : `${text} (skipped: ${found.why})`);

describe.skipIf(!found.found)(title('a private PostgreSQL'), () => {
  let folder: string;
  let postgres: PrivatePostgres;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eventops-postgresql-'));
    postgres = createPostgres({ folder, binaries: found.found ? found.binaries : '', fsync: true });
    await postgres.start();
  });
  afterAll(async () => {
    await postgres.kill();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = async (url: string, text: string) => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };

  it('keeps data, password and port over kill -9', async () => {
    const url = await postgres.createDatabase('kept');
    await ask(url, 'create table fact as select 42 as answer');
    await postgres.kill();
    await postgres.start();
    expect(await ask(url, 'select answer from fact')).toEqual([{ answer: 42 }]);
  });

  it('lets nobody in without its password', async () => {
    const url = Object.assign(new URL(postgres.url), { password: 'guess' }).href;
    await expect(ask(url, 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  it('answers nothing while frozen, and everything once thawed', async () => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    postgres.freeze();
    const answer = client.query('select 1 as one');
    const other = new pg.Client({ connectionString: postgres.url, connectionTimeoutMillis: 200 });
    await expect(other.connect()).rejects.toThrow(/timeout/);
    postgres.thaw();
    expect((await answer).rows).toEqual([{ one: 1 }]);
    await client.end();
  });

  it('has forgotten everything once it was wiped', async () => {
    await postgres.stop();
    await postgres.wipe();
    await postgres.start();
    const databases = await ask(postgres.url, 'select datname from pg_database where not datistemplate');
    expect(databases).toEqual([{ datname: 'postgres' }]);
  });
});
