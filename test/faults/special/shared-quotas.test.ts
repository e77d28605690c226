import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerProcess, startServerProcess } from '../../support/eventstoredb/start-server-process.ts';
import { adminToken } from '../../support/processes/data-folder.ts';
import { type RoleProcess, startRole } from '../../support/processes/role-process.ts';
import { createPostgres, findPostgres, type PrivatePostgres } from '../../support/services/postgres.ts';

const found = findPostgres();
if (!found.found) process.stdout.write(`skipped: limits across processes, because ${found.why}\n`);

/** So small that each request is worth a report. */
const QUOTA = 20;

describe.skipIf(!found.found)('two processes with the API', { timeout: 120_000 }, () => {
  let folder: string;
  let postgres: PrivatePostgres;
  let log: ServerProcess;
  let databaseUrl: string;
  let apis: readonly RoleProcess[] = [];
  beforeAll(async () => {
    if (!found.found) return;
    folder = await mkdtemp(join(tmpdir(), 'eventops-limits-'));
    // The servers run as another user when we are root.
    await chmod(folder, 0o755);
    await mkdir(join(folder, 'log'));
    postgres = createPostgres({ folder: join(folder, 'pg'), binaries: found.binaries, fsync: false });
    [log] = await Promise.all([startServerProcess({ folder: join(folder, 'log') }), postgres.start()]);
    databaseUrl = await postgres.createDatabase('eventops');
    const env = {
      ...{ EVENTSTORE_URL: log.url, DATABASE_URL: databaseUrl, DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn' },
      RATE_LIMIT_PER_MINUTE: String(QUOTA),
    };
    apis = await Promise.all([0, 1].map(() => startRole({ role: 'api', env, onLine: () => {} })));
  }, 120_000);
  afterAll(async () => {
    await Promise.all(apis.map((each) => each.kill()));
    await Promise.all([postgres?.kill(), log?.kill()]);
    await rm(folder, { recursive: true, force: true });
  });

  async function client(subject: string) {
    const token = await adminToken(join(folder, 'data'), subject);
    const post = async (api: number) => {
      const answer = await fetch(`${apis[api]?.url}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ type: 'order.placed', source: 'shop', payload: {} }),
      });
      await answer.arrayBuffer();
      return answer;
    };
    const statuses = async (api: number, times: number) => {
      const answered: number[] = [];
      for (let each = 0; each < times; each++) answered.push((await post(api)).status);
      return answered;
    };
    return { post, statuses };
  }

  /** Once some process has reported that it counted so many requests. */
  async function untilReported(subject: string, count: number): Promise<void> {
    const database = new pg.Client({ connectionString: databaseUrl });
    await database.connect();
    const reported = 'select from shared_counts where key like $1 and count = $2';
    while ((await database.query(reported, [`%${subject}`, count])).rowCount === 0);
    await database.end();
  }

  const all = Array.from({ length: QUOTA }, () => 201);

  async function expectOneQuotaForBoth(subject: string): Promise<void> {
    const { post, statuses } = await client(subject);
    expect(await statuses(0, QUOTA)).toEqual(all);
    await untilReported(subject, QUOTA);
    // A process reads what the others have after each report of its own: after the second it has read what there was.
    for (const count of [1, 2]) {
      const { status } = await post(1);
      if (status === 429) break;
      await untilReported(subject, count);
    }
    const refused = await post(1);
    expect([refused.status, refused.headers.get('ratelimit')]).toEqual([
      429,
      expect.stringMatching(/^"requests";r=0;t=\d+$/),
    ]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  }

  it('take one quota of a principal together, and leave theirs to others', async () => {
    await expectOneQuotaForBoth('alice');
    expect((await (await client('bob')).post(1)).status).toBe(201);
  });

  it('count alone while PostgreSQL is unavailable, refuse nothing for it, and exchange again afterwards', async () => {
    await postgres.kill();
    const { statuses } = await client('carol');
    for (const api of [0, 1]) expect(await statuses(api, QUOTA + 1)).toEqual([...all, 429]);
    await postgres.start();
    await expectOneQuotaForBoth('dave');
  });
});
