import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { paceOf } from '../../../scripts/alerts/pace.ts';
import { rulesFile } from '../../../scripts/alerts/rules-file.ts';
import { type FullProfile, missingForFullProfile, startFullProfile } from '../full-profile/full-profile.ts';
import { createDownstream, type Downstream } from './downstream.ts';
import { findPrometheus } from './find-prometheus.ts';
import { type RunningPrometheus, startPrometheus } from './prometheus.ts';
import { startTraffic } from './traffic.ts';

const handlersFile = fileURLToPath(new URL('eventops.config.ts', import.meta.url));

/** A minute is five seconds: a takeover of a lease, which takes as long as always, has to fit into the windows. */
export const pace = paceOf(12);

export interface WatchedSystem {
  readonly system: FullProfile;
  readonly prometheus: RunningPrometheus;
  readonly downstream: Downstream;
  startTraffic(): void;
  stop(): Promise<void>;
}

/** Why it cannot be had here; `null` when it can. */
export function missingForWatchedSystem(): string | null {
  const prometheus = findPrometheus();
  return missingForFullProfile() ?? (prometheus.found ? null : prometheus.why);
}

/** A process of each role, and Prometheus with our rules. */
export async function startWatchedSystem(): Promise<WatchedSystem> {
  const here = findPrometheus();
  if (!here.found) throw new Error(here.why);
  const downstream = await createDownstream();
  await downstream.start();
  const env = { DOWNSTREAM_URL: downstream.url };
  const system = await startFullProfile(
    { api: 1, projector: 1, dispatcher: 1, worker: 1 },
    { handlersFile, envOf: () => env },
  );
  const folder = await mkdtemp(join(tmpdir(), 'eventops-prometheus-'));
  await chmod(folder, 0o755);
  const targets = system.processes().map(({ role, monitoringUrl }) => ({ role, address: new URL(monitoringUrl).host }));
  const prometheus = await startPrometheus({ folder, binaries: here.binaries, targets, rules: rulesFile(pace) });
  // It begins some seconds after it is ready; what happened before has no rate.
  await prometheus.until(`count(up == 1) == ${targets.length}`);
  let traffic: ReturnType<typeof startTraffic> | null = null;
  return {
    ...{ system, prometheus, downstream },
    startTraffic: () => {
      traffic = startTraffic({ url: system.apiUrls()[0] ?? '', token: system.token });
    },
    stop: async () => {
      await traffic?.stop();
      await prometheus.stop();
      await system.stop();
      await downstream.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
