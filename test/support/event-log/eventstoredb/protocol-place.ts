import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogFailure, LogPlace } from '../../../contract/event-log/harness.ts';
import { EMPTY_BACKUP, type Fault } from '../../eventstoredb/faults/fault.ts';
import { type ServerProcess, startServerProcess } from '../../eventstoredb/start-server-process.ts';
import { startAppendingProcess } from '../appender.ts';
import { openTestLog, type TestLog } from './open-log.ts';

/** So that a connection whose other end is gone is noticed within a test. */
const QUICK_KEEPALIVE = 'keepAliveInterval=500&keepAliveTimeout=1500';
const UNAVAILABLE = 14;

interface Server {
  readonly folder: string;
  process: ServerProcess;
}

/** Servers are emptied and lent again: starting one takes longer than most tests. */
const idle: Server[] = [];
const lent = new Set<Server>();

async function borrow(): Promise<Server> {
  const server = idle.pop() ?? (await start());
  lent.add(server);
  return server;
}

async function start(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-log-'));
  return { folder, process: await startServerProcess({ folder }) };
}

async function giveBack(server: Server): Promise<void> {
  await server.process.faults.lift();
  await server.process.faults.restore(EMPTY_BACKUP);
  lent.delete(server);
  idle.push(server);
}

/** To be called when no place is needed any more. */
export async function stopProtocolServers(): Promise<void> {
  for (const { process, folder } of [...idle.splice(0), ...lent]) {
    await process.stop();
    rmSync(folder, { recursive: true });
  }
}

const restart = async (server: Server) => {
  const { port } = server.process;
  await server.process.kill();
  server.process = await startServerProcess({ folder: server.folder, port });
};

/** A protocol server in a process of its own, and everything that can be done to it. */
export async function createProtocolPlace(): Promise<LogPlace> {
  const server = await borrow();
  let log: TestLog | null = null;

  const failure = (ends: LogFailure['ends'], fault: Fault): LogFailure => ({
    ends,
    async begin() {
      await server.process.faults.set(fault);
      return () => server.process.faults.lift();
    },
  });

  return {
    async open(options) {
      log = openTestLog(`${server.process.url}&${QUICK_KEEPALIVE}`, options);
      return log;
    },
    async destroy() {
      await log?.close();
      await giveBack(server);
    },
    async startAppender() {
      const script = new URL('./appending-process.ts', import.meta.url);
      const appender = startAppendingProcess(script, [server.process.url]);
      return {
        ...appender,
        async kill() {
          const { port } = server.process;
          await Promise.all([server.process.kill(), appender.kill()]);
          server.process = await startServerProcess({ folder: server.folder, port });
        },
      };
    },
    async fallSilent() {
      await server.process.faults.set({ fault: 'black-hole' });
      return () => server.process.faults.lift('black-hole');
    },
    interruptions: {
      error: async () => {
        await server.process.faults.endSubscriptions({ code: UNAVAILABLE, details: 'An error.' });
      },
      'clean end': async () => {
        await server.process.faults.endSubscriptions('complete');
      },
      'not leader': async () => {
        await server.process.faults.set({ fault: 'not-leader', next: 3, calls: ['read', 'subscribe'] });
        await server.process.faults.endSubscriptions('complete');
      },
      'half-open': async () => {
        const noticed = log?.says('EventStoreDB at');
        await server.process.faults.set({ fault: 'black-hole' });
        await noticed;
        await server.process.faults.lift('black-hole');
      },
      'all connections dropped': async () => {
        await server.process.faults.dropConnections();
      },
      'the server killed and started again': () => restart(server),
    },
    async backUp() {
      const backup = await server.process.faults.backup();
      return () => server.process.faults.restore(backup);
    },
    failures: {
      'the server is busy': failure('refused: unavailable', { fault: 'server-busy' }),
      'the server is not ready': failure('refused: unavailable', { fault: 'not-ready' }),
      'the node is not the leader': failure('unknown', { fault: 'not-leader', calls: ['append'] }),
      'the answer is lost': failure('unknown', { fault: 'lose-reply' }),
      'the answer is late': failure('unknown', { fault: 'delay', delayMs: 1_000 }),
      'the server times out': failure('unknown', { fault: 'time-out' }),
      'the call is aborted': failure('unknown', { fault: 'fail', code: 10, calls: ['append'] }),
      'the call is cancelled': failure('unknown', { fault: 'fail', code: 1, calls: ['append'] }),
      'the call fails inside the server': failure('unknown', { fault: 'fail', code: 13, calls: ['append'] }),
      'the call fails for no stated reason': failure('unknown', { fault: 'fail', code: 2, calls: ['append'] }),
      'the server goes away': failure('unknown', { fault: 'fail', code: UNAVAILABLE, calls: ['append'] }),
      'the access list forbids it': failure('refused: unauthorized', { fault: 'access-denied', calls: ['append'] }),
    },
  };
}
