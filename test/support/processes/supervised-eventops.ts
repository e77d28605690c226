import { freePort } from '../free-port.ts';
import { adminToken, makeDataFolder } from './data-folder.ts';
import { type Metric, metricsAt } from './running-eventops.ts';
import { type SpawnedEventOps, spawnEventOps } from './spawn-eventops.ts';

export interface SupervisedEventOps {
  readonly url: string;
  /** An admin's. */
  readonly token: string;
  readonly metric: Metric;
  /** How often it was started so far. */
  starts(): number;
  /** Resolves when the one that runs is ready, or has ended before. */
  ready(): Promise<void>;
  /** SIGKILL, and no further start. */
  stop(): Promise<void>;
}

/** `eventops start`, started again whenever it ends, as a supervisor does it. */
export async function superviseEventOps(
  env: NodeJS.ProcessEnv & { readonly DATA_DIR: string },
  onLine: (line: string) => void,
): Promise<SupervisedEventOps> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  await makeDataFolder(env.DATA_DIR);
  const start = () => spawnEventOps({ env, port, metricsPort, onLine });
  let current: SpawnedEventOps = start();
  let starts = 1;
  let isWanted = true;
  const keep = async () => {
    for (;;) {
      await current.ended;
      if (!isWanted) return;
      current = start();
      starts++;
    }
  };
  await current.ready;
  const kept = keep();
  return {
    url: `http://127.0.0.1:${port}`,
    token: await adminToken(env.DATA_DIR),
    metric: metricsAt(metricsPort),
    starts: () => starts,
    ready: () => current.ready.catch(() => {}),
    stop: async () => {
      isWanted = false;
      await current.kill();
      await kept;
    },
  };
}
