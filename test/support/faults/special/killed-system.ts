import { freePort } from '../../free-port.ts';
import { missingForFullProfile, startFullProfile } from '../../full-profile/full-profile.ts';
import { adminToken, makeDataFolder } from '../../processes/data-folder.ts';
import { spawnEventOps } from '../../processes/spawn-eventops.ts';
import { inTime } from '../in-time.ts';

/** All processes of a system, which are killed together and started again on the same ports and data. */
export interface KilledSystem {
  readonly url: string;
  readonly token: string;
  killAndStart(): Promise<void>;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 240_000;

async function embedded(folder: string, handlersFile: string): Promise<KilledSystem> {
  await makeDataFolder(folder);
  const [port, metricsPort] = [await freePort(), await freePort()];
  const env = { DATA_DIR: folder, EVENTOPS_CONFIG: handlersFile, LOG_LEVEL: 'warn' };
  const start = async () => {
    const spawned = spawnEventOps({ env, port, metricsPort });
    await inTime('EventOps is ready', READY_WITHIN_MS, spawned.ready);
    return spawned;
  };
  let running = await start();
  return {
    url: `http://127.0.0.1:${port}`,
    token: await adminToken(folder),
    async killAndStart() {
      await running.kill();
      running = await start();
    },
    stop: async () => void (await running.stop()),
  };
}

async function full(_folder: string, handlersFile: string): Promise<KilledSystem> {
  const profile = await startFullProfile(
    { api: 1, projector: 1, dispatcher: 1, worker: 1 },
    { handlersFile, envOf: () => ({ RATE_LIMIT_ACTS_PER_MINUTE: '0' }) },
  );
  const [url = ''] = profile.apiUrls();
  return {
    url,
    token: profile.token,
    killAndStart: async () => {
      await Promise.all(profile.processes().map((each) => profile.replace(each, async () => {})));
    },
    stop: profile.stop,
  };
}

export const profiles = {
  embedded: { missing: null, start: embedded },
  full: { missing: missingForFullProfile(), start: full },
} as const;
