import { freePort } from '../free-port.ts';
import { type SpawnedEventOps, spawnEventOps } from './spawn-eventops.ts';

export const roles = ['api', 'projector', 'dispatcher', 'worker'] as const;
export type Role = (typeof roles)[number];

/** Beside them, where failures are to be explained: events are processed without it. */
export type RoleOfProcess = Role | 'explainer';

export interface RoleProcess<Which extends RoleOfProcess = Role> extends Omit<SpawnedEventOps, 'ready'> {
  readonly role: Which;
  /** Where the API listens, in a process that has it. */
  readonly url: string;
  /** `/metrics`, `/healthz` and `/readyz`. */
  readonly monitoringUrl: string;
}

export interface RoleOptions<Which extends RoleOfProcess = Role> {
  readonly role: Which;
  /** Beside the ports: where log, read tables and broker are, and the data folder. */
  readonly env: NodeJS.ProcessEnv;
  /** Of the API; a free one by default. */
  readonly port?: number | undefined;
  /** A free one by default. */
  readonly metricsPort?: number | undefined;
  readonly onLine?: (line: string) => void;
}

/** One role in a process of its own, ready. @throws with what it printed when it ends before that. */
export async function startRole<Which extends RoleOfProcess>({
  role,
  env,
  onLine,
  ...ports
}: RoleOptions<Which>): Promise<RoleProcess<Which>> {
  const [port, metricsPort] = [ports.port ?? (await freePort()), ports.metricsPort ?? (await freePort())];
  const { ready, ...spawned } = spawnEventOps({ args: ['--roles', role], env, port, metricsPort, onLine });
  await ready;
  return {
    ...spawned,
    role,
    url: `http://127.0.0.1:${port}`,
    monitoringUrl: `http://127.0.0.1:${metricsPort}`,
  };
}
