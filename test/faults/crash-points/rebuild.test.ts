import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/open-embedded-log.ts';
import { startWitnessedTraffic, type WitnessedTraffic } from '../../support/faults/crash-points/witnessed-traffic.ts';
import { inTime } from '../../support/faults/in-time.ts';
import type { Service } from '../../support/faults/load/ask.ts';
import { listRows } from '../../support/faults/load/observe.ts';
import { envOfLoad } from '../../support/faults/load/start-load.ts';
import { recordCounts } from '../../support/faults/record-counts.ts';
import { keepRebuilding, type Rebuilding } from '../../support/faults/special/keep-rebuilding.ts';
import { freePort } from '../../support/free-port.ts';
import { readAllHistories } from '../../support/guarantees/read-histories.ts';
import { adminToken, makeDataFolder } from '../../support/processes/data-folder.ts';
import { type SpawnedEventOps, spawnEventOps } from '../../support/processes/spawn-eventops.ts';
import { rebuildCrashes } from './points.ts';

/** On a loaded machine. */
const WITHIN_MS = 120_000;
/** Odd, so that points before and after an act both have their turn. */
const PART_OF = 11;

const { seed, scale } = inject('faults');
const chosen = rebuildCrashes.filter((_, index) => scale === 1 || index % PART_OF === seed % PART_OF);

describe('a process that is killed at each step of a rebuild', { timeout: 300_000 }, () => {
  let folder = '';
  let service: Service;
  let traffic: WitnessedTraffic;
  let rebuilding: Rebuilding;
  let start: (crashAt?: string) => SpawnedEventOps;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eventops-crash-points-'));
    const dataFolder = join(folder, 'data');
    await makeDataFolder(dataFolder);
    const env = { DATA_DIR: dataFolder, ...envOfLoad(folder) };
    const [port, metricsPort] = [await freePort(), await freePort()];
    service = { urls: [`http://127.0.0.1:${port}`], token: await adminToken(dataFolder) };
    start = (crashAt) => spawnEventOps({ env: { ...env, EVENTOPS_CRASH_AT: crashAt }, port, metricsPort });
    traffic = await startWitnessedTraffic(service, { folder, seed });
    const first = start();
    await inTime('EventOps takes events', WITHIN_MS, traffic.acknowledged(10));
    await first.stop();
    rebuilding = keepRebuilding(service, 'events');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(chosen)('dies at $point, time $times', async ({ point, times }) => {
    const doomed = start(`${point}:${times}`);
    try {
      expect(await inTime(`it comes to ${point}`, WITHIN_MS, doomed.endedBy)).toBe('SIGKILL');
    } finally {
      await doomed.kill();
    }
  });

  it('goes on in the next life, finds no difference, and keeps every guarantee', async () => {
    const last = start();
    const before = rebuilding.promoted;
    await expect.poll(() => rebuilding.promoted, { timeout: WITHIN_MS, interval: 100 }).toBeGreaterThan(before);
    await rebuilding.stop();
    const { secondsToRest, ...witnessed } = await traffic.settle();
    const rows = await listRows(service, performance.now() + WITHIN_MS);
    await last.stop();
    const log = await openEmbeddedLog({ path: join(folder, 'data', 'log.sqlite') });
    const histories = await readAllHistories(log);
    await log.close();
    const breaches = recordCounts({
      test: 'crash points of rebuilds',
      seed,
      kills: { 'the one process, at a step of a rebuild': chosen.length },
      evidence: { ...witnessed, histories, rows },
      figures: { 'crash points': chosen.length, 'seconds to rest': secondsToRest },
    });
    expect(breaches).toEqual([]);
    expect(rebuilding.differences).toEqual([]);
  });
});
