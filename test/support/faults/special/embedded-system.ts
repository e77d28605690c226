import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEmbeddedLog } from '../../../../src/adapters/embedded-log/open-embedded-log.ts';
import { freePort } from '../../free-port.ts';
import type { Evidence } from '../../guarantees/evidence.ts';
import { readAllHistories } from '../../guarantees/read-histories.ts';
import { adminToken, makeDataFolder } from '../../processes/data-folder.ts';
import { spawnEventOps } from '../../processes/spawn-eventops.ts';
import { inTime } from '../in-time.ts';
import { askUntilCertain, type Service } from '../load/ask.ts';
import { listRows, untilAtRest } from '../load/observe.ts';
import type { WitnessFile } from '../load/witness-file.ts';

const handlersFile = fileURLToPath(new URL('../load/eventops.config.ts', import.meta.url));
const ROWS_WITHIN_MS = 60_000;
const READY_WITHIN_MS = 120_000;

/** The embedded profile: one process with everything in it. */
export interface EmbeddedSystem {
  readonly service: Service;
  /** Of the process that runs currently. */
  readonly pid: number;
  /** What `/readyz` says to an admin. */
  readiness(): Promise<string>;
  /** Whether the process runs. */
  isRunning(): boolean;
  /** Ends the process in good order once everything is at rest, or the time of peace is over. */
  evidence(witness: WitnessFile): Promise<Evidence>;
  kill(): Promise<void>;
  /**
   * SIGKILL, and another process on the same ports and folder. It need not be ready: resolves once it answers. Between
   * the two, `meanwhile`.
   */
  restart(meanwhile?: () => void): Promise<void>;
}

export async function startEmbeddedSystem(dataFolder: string): Promise<EmbeddedSystem> {
  const env = { DATA_DIR: dataFolder, EVENTOPS_CONFIG: handlersFile, LOG_LEVEL: 'warn' };
  await makeDataFolder(dataFolder);
  const token = await adminToken(dataFolder);
  const [port, metricsPort] = [await freePort(), await freePort()];
  const service = { urls: [`http://127.0.0.1:${port}`], token };
  let isRunning = true;
  const start = () => {
    const spawned = spawnEventOps({ env, port, metricsPort });
    isRunning = true;
    void spawned.ended.then(() => {
      if (spawned === started) isRunning = false;
    });
    return spawned;
  };
  let started = start();
  await inTime('EventOps is ready', READY_WITHIN_MS, started.ready).catch(async (error) => {
    await started.kill();
    throw error;
  });
  return {
    service,
    get pid() {
      return started.pid;
    },
    readiness: async () =>
      (await fetch(`${service.urls[0]}/readyz`, { headers: { authorization: `Bearer ${token}` } })).text(),
    isRunning: () => isRunning,
    evidence: async (witness) => {
      await untilAtRest(service, witness);
      const rows = await listRows(service, performance.now() + ROWS_WITHIN_MS);
      await started.stop();
      const log = await openEmbeddedLog({ path: join(dataFolder, 'log.sqlite') });
      const histories = await readAllHistories(log);
      await log.close();
      return { ...(await witness.read()), histories, rows };
    },
    kill: () => started.kill(),
    restart: async (meanwhile = () => {}) => {
      await started.kill();
      meanwhile();
      started = start();
      const answers = askUntilCertain(service, { path: '/healthz' }, performance.now() + READY_WITHIN_MS);
      const endedFirst = started.ended.then(() => started.ready);
      await Promise.race([answers, endedFirst]);
    },
  };
}
