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
import { freePort } from '../../support/free-port.ts';
import { readAllHistories } from '../../support/guarantees/read-histories.ts';
import { adminToken, makeDataFolder } from '../../support/processes/data-folder.ts';
import { type SpawnedEventOps, spawnEventOps } from '../../support/processes/spawn-eventops.ts';
import { embeddedCrashes } from './points.ts';

/** On a loaded machine. */
const WITHIN_MS = 120_000;
/** Odd, so that points before and after an act both have their turn. */
const PART_OF = 9;

const { seed, scale } = inject('faults');
const chosen = embeddedCrashes(seed).filter((_, index) => scale === 1 || index % PART_OF === seed % PART_OF);

describe('one process of all roles with a crash point', { timeout: 300_000 }, () => {
  let folder = '';
  let service: Service;
  let traffic: WitnessedTraffic;
  let start: (crashAt?: string) => SpawnedEventOps;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eventops-crash-points-'));
    const dataFolder = join(folder, 'data');
    await makeDataFolder(dataFolder);
    const env = { DATA_DIR: dataFolder, AUDIT_CHECKPOINT_SECONDS: '1', ...envOfLoad(folder) };
    const [port, metricsPort] = [await freePort(), await freePort()];
    service = { urls: [`http://127.0.0.1:${port}`], token: await adminToken(dataFolder) };
    start = (crashAt) => spawnEventOps({ env: { ...env, EVENTOPS_CRASH_AT: crashAt }, port, metricsPort });
    traffic = await startWitnessedTraffic(service, { folder, seed });
    // A life before the first crash, so that there is something to come back to.
    const first = start();
    await inTime('EventOps takes events', WITHIN_MS, traffic.acknowledged(10));
    await first.stop();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(chosen)('kills itself at $point:$times', async ({ point, times }) => {
    const doomed = start(`${point}:${times}`);
    try {
      expect(await inTime(`it comes to ${point}`, WITHIN_MS, doomed.endedBy)).toBe('SIGKILL');
    } finally {
      await doomed.kill();
    }
  });

  it('keeps every guarantee', async () => {
    const last = start();
    const { secondsToRest, ...witnessed } = await traffic.settle();
    const rows = await listRows(service, performance.now() + WITHIN_MS);
    await last.stop();
    const log = await openEmbeddedLog({ path: join(folder, 'data', 'log.sqlite') });
    const histories = await readAllHistories(log);
    await log.close();
    const breaches = recordCounts({
      test: 'crash points, embedded profile',
      seed,
      kills: { 'the one process, at a crash point': chosen.length },
      evidence: { ...witnessed, histories, rows },
      figures: {
        'crash points': new Set(chosen.map(({ point }) => point)).size,
        'seconds to rest': secondsToRest,
      },
    });
    expect(breaches).toEqual([]);
  });
});
