import type { Faults } from '../../eventstoredb/faults/fault.ts';
import { type ServerProcess, startServerProcess } from '../../eventstoredb/start-server-process.ts';

/** The protocol server as a server that can be stopped and started again, with the same data on the same port. */
export interface LogServer {
  readonly url: string;
  readonly faults: Faults;
  start(): Promise<void>;
  /** SIGTERM. */
  stop(): Promise<void>;
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
}

export async function startLogServer(folder: string): Promise<LogServer> {
  let server: ServerProcess = await startServerProcess({ folder });
  const { url, port } = server;
  const signal = (name: NodeJS.Signals) => void process.kill(server.pid, name);
  return {
    url,
    get faults() {
      return server.faults;
    },
    start: async () => {
      server = await startServerProcess({ folder, port });
    },
    stop: async () => void (await server.stop()),
    kill: () => server.kill(),
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
  };
}
