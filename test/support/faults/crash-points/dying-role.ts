import { setTimeout as pause } from 'node:timers/promises';
import type { CrashPoint } from '../../../../src/main/crash-points/crash-points.ts';
import { freePort } from '../../free-port.ts';
import type { FullProfile } from '../../full-profile/full-profile.ts';
import type { Role } from '../../processes/role-process.ts';
import { type SpawnedEventOps, spawnEventOps } from '../../processes/spawn-eventops.ts';
import { inTime } from '../in-time.ts';
import type { WitnessedTraffic } from './witnessed-traffic.ts';

/** On a loaded machine, with a lease to wait for. */
const DEAD_WITHIN_MS = 180_000;
const LOOK_EVERY_MS = 100;

interface Dying {
  readonly point: CrashPoint;
  readonly times: number;
}

export interface DyingRole {
  readonly url: string;
  /** One life, up to the crash point. @returns the signal that ended it. */
  dieAt(crash: Dying): Promise<NodeJS.Signals | null>;
  /** From now on a life without a crash point. */
  live(): void;
  kill(): Promise<void>;
}

export interface DyingRoleOptions {
  readonly role: Role;
  readonly profile: FullProfile;
  readonly env: NodeJS.ProcessEnv;
  readonly traffic: () => WitnessedTraffic;
}

/** One process of a role, always on the same ports, that dies and is started again. */
export async function dyingRole({ role, profile, env, traffic }: DyingRoleOptions): Promise<DyingRole> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  let present: SpawnedEventOps | null = null;

  const start = (crashAt: string): SpawnedEventOps => {
    present = spawnEventOps({
      args: ['--roles', role],
      env: { ...env, EVENTOPS_CRASH_AT: crashAt },
      port,
      metricsPort,
    });
    return present;
  };

  /** Which needs it to be stopped, once it has something to let go. */
  const stopWithLease = async (process: SpawnedEventOps) => {
    while ((await profile.owner('projection:events')) !== process.pid) await pause(LOOK_EVERY_MS);
    await process.stop();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    dieAt: async ({ point, times }) => {
      // A command is given back when it is there and the log will not let it be claimed.
      const needsBusyLog = point.startsWith('release.');
      if (needsBusyLog) {
        await inTime('another event is taken', DEAD_WITHIN_MS, traffic().acknowledged(times));
        await profile.log().faults.set({ fault: 'server-busy', calls: ['append'] });
      }
      const process = start(`${point}:${times}`);
      try {
        if (point.startsWith('release-lease.'))
          await inTime(`the ${role} holds its lease`, DEAD_WITHIN_MS, stopWithLease(process));
        return await inTime(`the ${role} comes to ${point}`, DEAD_WITHIN_MS, process.endedBy);
      } finally {
        if (needsBusyLog) await profile.log().faults.lift('server-busy');
        await process.kill();
      }
    },
    live: () => void start(''),
    kill: async () => present?.kill(),
  };
}
