import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/open-embedded-log.ts';
import { startTraffic, type Traffic } from '../../support/faults/crash-points/traffic.ts';
import { inTime } from '../../support/faults/in-time.ts';
import { listRows, untilAtRest } from '../../support/faults/load/observe.ts';
import { openWitnessFile, type WitnessFile } from '../../support/faults/load/witness-file.ts';
import { recordCounts } from '../../support/faults/record-counts.ts';
import { readAllHistories } from '../../support/guarantees/read-histories.ts';
import { freePort } from '../../support/processes/free-port.ts';
import { type SpawnedEventOps, spawnEventOps } from '../../support/processes/spawn-eventops.ts';
import { embeddedCrashes } from './points.ts';

const READY_WITHIN_MS = 60_000;
const REACHED_WITHIN_MS = 60_000;
const ALL_WITHIN_MS = 560_000;
const PEACE_MS = 60_000;
/** Odd, so that points before and after an act both have their turn. */
const PART_OF = 5;
const eventops = fileURLToPath(new URL('../../../bin/eventops', import.meta.url));
const handlersFile = fileURLToPath(new URL('../../support/faults/load/eventops.config.ts', import.meta.url));

const { seed, scale } = inject('faults');
const chosen = embeddedCrashes(seed).filter((_, index) => scale === 1 || index % PART_OF === seed % PART_OF);

describe('one process with everything in it, with a crash point', { timeout: 120_000 }, () => {
  let folder = '';
  let witness: WitnessFile;
  let traffic: Traffic;
  let start: (crashAt?: string) => SpawnedEventOps;
  let service: { readonly urls: readonly string[]; readonly token: string };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eventops-crash-points-'));
    const env = { DATA_DIR: join(folder, 'data'), EVENTOPS_CONFIG: handlersFile, LOG_LEVEL: 'warn' };
    const [port, metricsPort] = [await freePort(), await freePort()];
    const token = execFileSync(eventops, ['token'], { env: { ...process.env, ...env }, encoding: 'utf8' }).trim();
    service = { urls: [`http://127.0.0.1:${port}`], token };
    start = (crashAt) => spawnEventOps({ env: { ...env, EVENTOPS_CRASH_AT: crashAt }, port, metricsPort });
    witness = await openWitnessFile(join(folder, 'witness'));
    const source = `crash-points/${seed}`;
    traffic = startTraffic({ service, witness, source, deadline: performance.now() + ALL_WITHIN_MS });
    // A life before the first crash, so that there is something to come back to.
    const first = start();
    await inTime('EventOps takes events', READY_WITHIN_MS, traffic.acknowledged(10));
    await first.stop();
  });
  afterAll(async () => {
    await witness.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(chosen)('kills itself at $point:$times', async ({ point, times }) => {
    const doomed = start(`${point}:${times}`);
    try {
      expect(await inTime(point, REACHED_WITHIN_MS, doomed.endedBy)).toBe('SIGKILL');
    } finally {
      await doomed.kill();
    }
  });

  it('keeps every guarantee', async () => {
    const last = start();
    await inTime('EventOps is ready', READY_WITHIN_MS, last.ready);
    await traffic.stop();
    const restMs = await untilAtRest(service, witness, performance.now() + PEACE_MS);
    const rows = await listRows(service, performance.now() + PEACE_MS);
    await last.stop();
    const log = await openEmbeddedLog({ path: join(folder, 'data', 'log.sqlite') });
    const histories = await readAllHistories(log);
    await log.close();
    const breaches = recordCounts({
      test: 'crash points, embedded profile',
      seed,
      kills: { 'the one process, at a crash point': chosen.length },
      evidence: { ...(await witness.read()), histories, rows },
      figures: {
        'crash points': new Set(chosen.map(({ point }) => point)).size,
        'seconds to rest': Math.ceil((restMs ?? PEACE_MS) / 1_000),
      },
    });
    expect(breaches).toEqual([]);
  });
});
