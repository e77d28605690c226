import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startServerProcess } from '../../support/eventstoredb/start-server-process.ts';
import { adminToken } from '../../support/processes/data-folder.ts';
import { startRole } from '../../support/processes/role-process.ts';
import { run } from '../../support/processes/run.ts';
import { createPostgres, findPostgres } from '../../support/services/postgres.ts';
import { describeOn } from '../../support/services/real-services.ts';

const eventops = fileURLToPath(new URL('../../../bin/eventops', import.meta.url));

interface ApiKey {
  readonly id: string;
  readonly key: string;
}

const here = findPostgres();

/** Two processes with the API, on a log and a PostgreSQL of their own: keys need no other part. */
async function startTwo(binaries: string) {
  const folder = await mkdtemp(join(tmpdir(), 'eventops-keys-'));
  // PostgreSQL runs as another user when we are root.
  await chmod(folder, 0o755);
  const postgres = createPostgres({ folder: join(folder, 'pg'), binaries, fsync: false });
  await mkdir(join(folder, 'log'));
  const log = await startServerProcess({ folder: join(folder, 'log') });
  await postgres.start();
  const env = {
    ...{ EVENTSTORE_URL: log.url, DATABASE_URL: await postgres.createDatabase('eventops') },
    ...{ DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'trace' },
  };
  const token = await adminToken(env.DATA_DIR);
  const lines: string[] = [];
  const start = (port?: number) => startRole({ role: 'api', env, port, onLine: (line) => void lines.push(line) });
  const running = [await start(), await start()];
  return {
    ...{ postgres, folder, token, lines },
    urls: running.map(({ url }) => url),
    /** kill -9 of the second, and another one on its port; `meanwhile` between the two. */
    restartSecond: async (meanwhile: () => Promise<void>) => {
      const second = running.pop();
      await second?.kill();
      await meanwhile();
      running.push(await start(Number(new URL(second?.url ?? '').port)));
    },
    stop: async () => {
      await Promise.all(running.map((each) => each.kill()));
      await Promise.all([postgres.kill(), log.kill()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describeOn('PostgreSQL', 'API keys at two processes', () => {
  vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
  let profile: Awaited<ReturnType<typeof startTwo>>;
  beforeAll(async () => {
    if (!here.found) throw new Error(here.why);
    profile = await startTwo(here.binaries);
  });
  afterAll(() => profile.stop());

  const ask = async (url: string, path: string, token: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${url}${path}`, { headers, ...sent });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const order = { type: 'order.placed', source: 'shop', payload: {} };
  const send = (url: string, key: string) => ask(url, '/v1/events', key, order);

  async function create(url: string): Promise<ApiKey> {
    const { status, body } = await ask(url, '/v1/api-keys', profile.token, {
      name: 'till',
      permissions: ['events:write'],
    });
    expect(status).toBe(201);
    return body as unknown as ApiKey;
  }

  /** In milliseconds, until the other process answers a key so. */
  async function until(url: string, key: string, status: number): Promise<number> {
    const begin = performance.now();
    while ((await ask(url, '/v1/me', key)).status !== status)
      if (performance.now() - begin > 60_000) throw new Error(`The key is not answered with ${status} after a minute`);
      else await pause(10);
    return performance.now() - begin;
  }

  /** Made at one, taken by the other, revoked there, and refused by the first. */
  async function liveAcross(from: string, to: string): Promise<readonly number[]> {
    const { id, key } = await create(from);
    expect((await send(from, key)).status).toBe(201);
    const taken = await until(to, key, 200);
    expect((await send(to, key)).status).toBe(201);
    expect((await ask(to, `/v1/api-keys/${id}/revoke`, profile.token, { reason: 'it was sold' })).status).toBe(200);
    expect((await send(to, key)).status).toBe(401);
    const refused = await until(from, key, 401);
    expect((await send(from, key)).status).toBe(401);
    return [taken, refused];
  }

  it('are taken and refused by the other, also while PostgreSQL is stopped', async () => {
    const [one = '', other = ''] = profile.urls;
    const kept = await create(one);
    const took = [...(await liveAcross(one, other))];
    await profile.postgres.stop();
    took.push(...(await liveAcross(one, other)), ...(await liveAcross(other, one)));
    expect((await send(other, kept.key)).status).toBe(201);
    const list = await ask(one, '/v1/api-keys', profile.token);
    expect(list.body['items']).toHaveLength(4);
    await profile.postgres.start();
    process.stdout.write(`keys were known to the other process after ${took.map(Math.round).join(', ')} ms\n`);
  });

  it('are there for a process that starts while PostgreSQL is stopped, and so are revocations', async () => {
    const [one = '', second = ''] = profile.urls;
    const [kept, revoked] = [await create(one), await create(one)];
    await ask(one, `/v1/api-keys/${revoked.id}/revoke`, profile.token, { reason: 'it was sold' });
    await profile.restartSecond(() => profile.postgres.stop());
    expect([(await send(second, kept.key)).status, (await send(second, revoked.key)).status]).toEqual([201, 401]);
    await profile.postgres.start();
  });

  it('are in no line of the log', async () => {
    const [one = '', other = ''] = profile.urls;
    const { id, key } = await create(one);
    await send(other, key);
    await send(other, `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`);
    await ask(one, `/v1/events?${key}`, key);
    await ask(one, `/v1/api-keys/${key}/revoke`, profile.token, { reason: 'leaked' });
    await ask(one, `/v1/api-keys/${id}/revoke`, profile.token, { reason: 'leaked' });
    await send(one, key);
    expect(profile.lines.length).toBeGreaterThan(0);
    expect(profile.lines.filter((line) => line.includes(key.slice(11, 40)))).toEqual([]);
  });

  it('are created, listed and revoked from the command line', async () => {
    const [one = ''] = profile.urls;
    const keys = (token: string, ...words: readonly string[]) =>
      run(profile.folder, '/usr/bin/env', `EVENTOPS_URL=${one}`, `EVENTOPS_TOKEN=${token}`, eventops, 'keys', ...words);
    const created = await keys(profile.token, 'create', '--name', 'from a script', '--permission', 'events:write');
    expect(created).toMatchObject({ code: 0, stdout: expect.stringMatching(/^eo_[0-9A-Za-z]{49}\n$/) });
    const key = created.stdout.trim();
    const id = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(created.stderr)?.[0] ?? '';
    const list = await keys(profile.token, 'list');
    expect(list.stdout).toMatch(new RegExp(`^${id}  from a script  ${key.slice(0, 11)}  events:write  all  `, 'm'));
    expect(list.stdout).not.toContain(key.slice(11));
    const asJson = JSON.parse((await keys(profile.token, 'list', '-o', 'json')).stdout);
    expect(asJson[0]).toMatchObject({ id, name: 'from a script' });
    expect(await keys(profile.token, 'revoke', id, '--reason', 'not needed')).toMatchObject({ code: 0 });
    expect((await send(one, key)).status).toBe(401);

    const refused = await keys(key, 'list');
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: 'Refused: A valid token is required\n' });
    const wrong = await keys(profile.token, 'create', '--name', 'x', '--permission', 'access:manage');
    expect(wrong).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('/permissions/0') });
    expect(await keys('', 'list')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('EVENTOPS_TOKEN: missing'),
    });
    const elsewhere = await run(
      ...([profile.folder, '/usr/bin/env', 'EVENTOPS_URL=http://127.0.0.1:1'] as const),
      ...[`EVENTOPS_TOKEN=${profile.token}`, eventops, 'keys', 'list'],
    );
    expect(elsewhere).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^No answer from http:\/\/127.0.0.1:1 /),
    });
  });
});
