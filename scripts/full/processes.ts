import {
  roles as needed,
  type RoleOfProcess as Role,
  type RoleProcess,
  startRole,
} from '../../test/support/processes/role-process.ts';

export type { Role };
/** What is not needed comes last, so that the ports of the others do not depend on it. */
export const roles: readonly Role[] = [...needed, 'explainer'];

export interface Processes {
  /** Resolves when one of them cannot be kept running, with the reason. */
  readonly failed: Promise<Error>;
  stop(): Promise<void>;
}

export interface ProcessesOptions {
  readonly counts: Readonly<Record<Role, number>>;
  readonly env: NodeJS.ProcessEnv;
  /** Of the first API; the next one gets the next port. */
  readonly port: number;
  /** Of the first process; the next one gets the next port. */
  readonly metricsPort: number;
  readonly print: (line: string) => void;
}

/** Starts so many processes of each role and keeps them running: one that ends is started again. */
export async function startProcesses({ counts, env, port, metricsPort, print }: ProcessesOptions): Promise<Processes> {
  const running = new Map<string, RoleProcess<Role>>();
  const failed = Promise.withResolvers<Error>();
  let isStopping = false;

  const start = async (role: Role, index: number, ports: { readonly port: number; readonly metricsPort: number }) => {
    const name = `${role}-${index + 1}`;
    const started = await startRole({ role, env, ...ports, onLine: (line) => print(`${name.padEnd(13)} ${line}`) });
    running.set(name, started);
    void started.ended.then((code) => {
      running.delete(name);
      if (isStopping) return;
      print(`${name.padEnd(13)} ended (${code ?? 'by a signal'}); it is started again`);
      start(role, index, ports).catch((error: Error) => failed.resolve(error));
    });
  };

  let order = 0;
  const places = roles.flatMap((role) =>
    Array.from({ length: counts[role] }, (_, index) => ({ role, index, metricsPort: metricsPort + order++ })),
  );
  const stop = async () => {
    isStopping = true;
    await Promise.all([...running.values()].map((each) => each.stop()));
  };
  try {
    await Promise.all(places.map(({ role, index, ...ports }) => start(role, index, { port: port + index, ...ports })));
  } catch (error) {
    await stop();
    throw error;
  }
  return { failed: failed.promise, stop };
}
