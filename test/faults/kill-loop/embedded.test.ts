import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/open-embedded-log.ts';
import { inTime } from '../../support/faults/in-time.ts';
import { unexplainedDeaths } from '../../support/faults/load/deaths.ts';
import { countEffects } from '../../support/faults/load/effects.ts';
import { createLoadClient } from '../../support/faults/load/load-client.ts';
import { listRows, untilAtRest } from '../../support/faults/load/observe.ts';
import { startOperators } from '../../support/faults/load/operators.ts';
import { openWitnessFile } from '../../support/faults/load/witness-file.ts';
import { recordCounts } from '../../support/faults/record-counts.ts';
import { scaled } from '../../support/faults/scale.ts';
import { seededMoments } from '../../support/faults/seeded-moments.ts';
import type { Breach } from '../../support/guarantees/find-breaches.ts';
import { readAllHistories } from '../../support/guarantees/read-histories.ts';
import { freePort } from '../../support/processes/free-port.ts';
import { type SpawnedEventOps, spawnEventOps } from '../../support/processes/spawn-eventops.ts';

const TEST = 'kill loop, embedded profile';
const KILLS = scaled(100);
const EVENTS = scaled(10_000);
/** Of the processes, so many are killed before they are ready. */
const KILLED_WHILE_STARTING = 0.3;
const LONGEST_LIFE_MS = 600;
const READY_WITHIN_MS = 60_000;
const ALL_WITHIN_MS = 560_000;
const PEACE_MS = 60_000;
const eventops = fileURLToPath(new URL('../../../bin/eventops', import.meta.url));
const handlersFile = fileURLToPath(new URL('../../support/faults/load/eventops.config.ts', import.meta.url));

describe(`one process with everything in it, killed with SIGKILL ${KILLS} times`, { timeout: 600_000 }, () => {
  const { seed } = inject('faults');
  let folder = '';
  let breaches: readonly Breach[];
  let deaths: readonly string[];

  beforeAll(async () => {
    process.stdout.write(`${TEST}: seed ${seed}\n`);
    folder = await mkdtemp(join(tmpdir(), 'eventops-kill-loop-'));
    const deadline = performance.now() + ALL_WITHIN_MS;
    const dataFolder = join(folder, 'data');
    const effects = join(folder, 'effects');
    const env = {
      DATA_DIR: dataFolder,
      EVENTOPS_CONFIG: handlersFile,
      FAULTS_EFFECTS: effects,
      LOG_LEVEL: 'warn',
    };
    const [port, metricsPort] = [await freePort(), await freePort()];
    const token = execFileSync(eventops, ['token'], { env: { ...process.env, ...env }, encoding: 'utf8' }).trim();
    const service = { urls: [`http://127.0.0.1:${port}`], token };
    const start = () => spawnEventOps({ env, port, metricsPort });
    const readyIn = async (started: SpawnedEventOps) => {
      const startedAt = performance.now();
      await inTime('EventOps is ready', READY_WITHIN_MS, started.ready);
      return performance.now() - startedAt;
    };

    const witness = await openWitnessFile(join(folder, 'witness'));
    const client = createLoadClient({ service, witness, source: `kill-loop/${seed}`, deadline });
    const operators = startOperators({
      service,
      witness,
      moments: seededMoments(seed, 'operators'),
      eventIds: client.eventIds,
    });
    const moments = seededMoments(seed, 'kills');
    let startMs = 1_000;
    let killedWhileStarting = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      client.release(Math.ceil((EVENTS * (kill + 1)) / KILLS));
      const process = start();
      if (moments.fraction() < KILLED_WHILE_STARTING) {
        killedWhileStarting += 1;
        await moments.within(startMs);
      } else {
        startMs = await readyIn(process);
        await moments.within(LONGEST_LIFE_MS);
      }
      await process.kill();
    }

    const last = start();
    await readyIn(last);
    await client.acknowledged();
    await operators.stop();
    const restMs = await untilAtRest(service, witness, performance.now() + PEACE_MS);
    const rows = await listRows(service, deadline);
    await last.stop();
    const log = await openEmbeddedLog({ path: join(dataFolder, 'log.sqlite') });
    const histories = await readAllHistories(log);
    await log.close();
    breaches = recordCounts({
      test: TEST,
      seed,
      kills: { 'the one process': KILLS },
      evidence: { ...(await witness.read()), histories, rows },
      figures: {
        'killed while starting': killedWhileStarting,
        ...countEffects(effects),
        'seconds to rest': Math.ceil((restMs ?? PEACE_MS) / 1_000),
      },
    });
    deaths = unexplainedDeaths(histories);
    await witness.close();
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('keeps every guarantee', () => expect(breaches).toEqual([]));

  it('makes dead letters of poison alone, and of what died with its worker again and again', () =>
    expect(deaths).toEqual([]));
});
