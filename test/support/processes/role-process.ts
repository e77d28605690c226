import { freePort } from '../free-port.ts';
import { type SpawnedEventOps, spawnEventOps } from './spawn-eventops.ts';

export const roles = ['api', 'projector', 'dispatcher', 'worker'] as const;
export type Role = (typeof roles)[number];

export interface RoleProcess extends Omit<SpawnedEventOps, 'ready'> {
  readonly role: Role;
  /** Where the API listens, in a process that has it. */
  readonly url: string;
  /** `/metrics`, `/healthz` and `/readyz`. */
  readonly monitoringUrl: string;
}

export interface RoleOptions {
  readonly role: Role;
  /** Beside the ports: where log, read tables and broker are, and the data folder. */
  readonly env: NodeJS.ProcessEnv;
  /** Of the API; a free one by default. */
  readonly port?: number | undefined;
  /** A free one by default. */
  readonly metricsPort?: number | undefined;
  readonly onLine?: (line: string) => void;
}

/** One role in a process of its own, ready. @throws with what it printed when it ends before that. */
export async function startRole({ role, env, onLine, ...ports }: RoleOptions): Promise<RoleProcess> {
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
