import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { openSharedReadTables } from '../../../src/main/read-tables.ts';
import { events } from '../../../src/projections/events/read-model.ts';
import type { Copies } from '../../../src/projections/rebuild/copies.ts';
import type { Stores } from '../../../src/projections/stores.ts';
import { inTime } from '../../support/faults/in-time.ts';
import { envOfLoad } from '../../support/faults/load/start-load.ts';
import { isWhole } from '../../support/faults/scale.ts';
import { keepRebuilding } from '../../support/faults/special/keep-rebuilding.ts';
import { freePort } from '../../support/free-port.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { adminToken, makeDataFolder } from '../../support/processes/data-folder.ts';
import { spawnEventOps } from '../../support/processes/spawn-eventops.ts';
import { operatorOf } from '../../support/projections/rebuilding.ts';
import { startRoles } from '../../support/projections/restartable-profile.ts';
import { rowsOf } from '../../support/projections/tables-of-read-models.ts';
import { createPostgres, findPostgres } from '../../support/services/postgres.ts';
import { byClient, posted } from '../../support/worker/posting.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';

const WITHIN_MS = 240_000;

async function folderOfTest(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'eventops-rebuilds-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** So many posts, at a rate: 20 seconds of it. */
const load = isWhole() ? { perSecond: 500, posts: 10_000 } : { perSecond: 20, posts: 400 };

/** Posts at a rate, and reads lists beside that until it is stopped; what is refused or fails is kept. */
function clientsOf(url: string, token: string, { perSecond, posts: most }: typeof load) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const refused: unknown[] = [];
  const counts = { posts: 0, reads: 0 };
  let isStopping = false;
  const ask = async (what: keyof typeof counts, path: string, init: RequestInit = {}) => {
    try {
      const answer = await fetch(`${url}${path}`, { ...init, headers, signal: AbortSignal.timeout(30_000) });
      const text = await answer.text();
      if (!answer.ok) refused.push([what, answer.status, text]);
    } catch (error) {
      refused.push([what, String(error)]);
    }
    counts[what]++;
  };
  const posting = (async () => {
    const startedAt = performance.now();
    const underWay: Promise<void>[] = [];
    while (!isStopping && underWay.length < most) {
      const due = Math.min(most, ((performance.now() - startedAt) / 1_000) * perSecond);
      while (underWay.length < due) {
        const body = JSON.stringify({ type: 'order.placed', source: 'load', payload: { number: underWay.length } });
        underWay.push(ask('posts', '/v1/events', { method: 'POST', body }));
      }
      await pause(5);
    }
    await Promise.all(underWay);
  })();
  const reading = (async () => {
    while (!isStopping) {
      await ask('reads', '/v1/events?limit=20');
      await pause(20);
    }
  })();
  return {
    posted: posting,
    stop: async () => {
      isStopping = true;
      await Promise.all([posting, reading]);
      return { ...counts, refused };
    },
  };
}

describe('rebuilds again and again, while events are posted and lists are read', { timeout: 600_000 }, () => {
  it('fail no read, refuse no post, and find no difference', async () => {
    const folder = await folderOfTest();
    const dataFolder = join(folder, 'data');
    await makeDataFolder(dataFolder);
    const [port, metricsPort] = [await freePort(), await freePort()];
    const service = { urls: [`http://127.0.0.1:${port}`], token: await adminToken(dataFolder) };
    const process = spawnEventOps({ env: { DATA_DIR: dataFolder, ...envOfLoad(folder) }, port, metricsPort });
    await inTime('EventOps is ready', WITHIN_MS, process.ready);
    const rebuilding = keepRebuilding(service, 'events');
    const clients = clientsOf(service.urls[0] ?? '', service.token, load);
    // Also when this fails: posting would go on beside all other tests.
    onTestFinished(async () => {
      await process.kill();
      await Promise.all([rebuilding.stop(), clients.stop()]);
    });
    await clients.posted;
    // The first is promoted and rolled back, the second promoted and dropped.
    const promotions = isWhole() ? 6 : 2;
    await expect
      .poll(() => rebuilding.promoted, { timeout: WITHIN_MS, interval: 100 })
      .toBeGreaterThanOrEqual(promotions);
    await rebuilding.stop();
    const { posts, reads, refused } = await clients.stop();
    await process.stop();
    expect(refused).toEqual([]);
    expect(rebuilding.differences).toEqual([]);
    expect(posts).toBe(load.posts);
    expect(reads).toBeGreaterThan(10);
  });
});

const postgres = findPostgres();
/** When the server is killed, as the exchange has it. */
const moments = ['before', 'meanwhile', 'after'] as const;

describe.skipIf(!postgres.found)(
  'PostgreSQL that is killed and started again during an exchange',
  { timeout: 600_000 },
  () => {
    it('loses no row, and the rebuild ends as if it had not been', async () => {
      if (!postgres.found) return;
      const server = createPostgres({ folder: await folderOfTest(), binaries: postgres.binaries, fsync: false });
      await server.start();
      onTestFinished(() => server.stop());
      const log = createInMemoryLog();
      const useCases = createUseCases({ log, clock: systemClock, random: systemRandom });
      const tables = await openSharedReadTables(await server.createDatabase('rows'), log, silentLogger);
      const toCome: (typeof moments)[number][] = [];
      const restart = async () => {
        await server.kill();
        await server.start();
      };
      const exchange =
        (copies: Copies): Copies['exchange'] =>
        async (given) => {
          const moment = toCome.shift();
          if (moment === undefined) return copies.exchange(given);
          if (moment === 'before') await restart();
          const done = copies.exchange(given);
          done.catch(() => {});
          if (moment === 'meanwhile') await restart();
          await done.catch(() => {});
          if (moment === 'after') await restart();
          // Whether it was done, its answer never says.
          throw new Error('the connection was lost');
        };
      const between = (stores: Stores): Stores => {
        const { rebuilds } = stores;
        if (rebuilds === null) return stores;
        const copies = (projection: string): Copies => {
          const real = rebuilds.copies(projection);
          return { ...real, exchange: exchange(real) };
        };
        return { ...stores, rebuilds: { ...rebuilds, copies } };
      };
      await startRoles(log, tables, { between });
      const operator = operatorOf('events', log, useCases);
      let posts = 0;
      const post = async (count: number) => {
        for (let index = 0; index < count; index++) await useCases.receiveEvent(posted(`event ${posts++}`), byClient);
      };
      const settled = () =>
        expect.poll(
          () =>
            rowsOf(tables.db, events).then(
              ({ length }) => length,
              () => -1,
            ),
          { timeout: WITHIN_MS, interval: 50 },
        );
      for (const moment of moments) {
        await post(20);
        await operator.request(moment);
        await operator.until('compared');
        toCome.push(moment);
        await operator.promote(moment);
        await post(5);
        await operator.until('promoted');
        await settled().toBe(posts);
        toCome.push(moment);
        await operator.ask('RollBackRebuild', moment);
        expect((await operator.until('dropped'))?.outcome).toBe('rolled-back');
        await settled().toBe(posts);
      }
      await operator.request('last');
      expect((await operator.until('compared'))?.report).toMatchObject({ differences: [] });
    });
  },
);
