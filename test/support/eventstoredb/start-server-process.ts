import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free-port.ts';
import type { ServerCertificate } from '../tls/certificates.ts';
import { connectToControl } from './faults/control-client.ts';
import type { Faults } from './faults/fault.ts';

export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Over the control port. */
  readonly faults: Faults;
  /** SIGTERM, then waits for its end. @returns the exit code. */
  stop(): Promise<number | null>;
  /** kill -9, then waits for its end. */
  kill(): Promise<void>;
}

export interface ServerProcessOptions {
  readonly folder: string;
  /** A free one by default. */
  readonly port?: number;
  /** Without it, no TLS. */
  readonly tls?: ServerCertificate | undefined;
}

const SERVE = fileURLToPath(new URL('serve.ts', import.meta.url));
/** The kernel ends the server when we end, however that happens. Linux alone knows it. */
const guard = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : [];
const READY = /^Protocol server ready: (esdb:\/\/[^:]+:(\d+)\S*), data in .*, control port (\d+)$/;

/** Starts the protocol server in a process of its own. @throws with what it printed, where it does not get ready. */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const { folder, port = await freePort(), tls } = options;
  const [command, ...before] = [...guard, process.execPath, SERVE];
  const args = ['--port', String(port), '--data', folder, '--control-port', '0'];
  if (tls) args.push('--certificate', tls.certificate, '--key', tls.key);
  const child = spawn(command, [...before, ...args], {
    // A session of its own, as other servers have: Linux gives each session the same share of the processor, and ours is
    // for the tests and their clients.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const [, url = '', portText, controlPort] = await ready(child);
  const faults = await connectToControl(Number(controlPort));
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    const [code] = await exited;
    faults.close();
    return code;
  };
  return {
    url,
    port: Number(portText),
    pid: child.pid ?? 0,
    faults,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
  };
}

function ready(child: ChildProcess): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const printed: string[] = [];
    if (child.stdout === null || child.stderr === null) throw new Error('the process has no output');
    createInterface({ input: child.stdout }).on('line', (line) => {
      printed.push(line);
      const found = READY.exec(line);
      if (found) resolve(found);
    });
    createInterface({ input: child.stderr }).on('line', (line) => printed.push(line));
    child.once('close', (code) => reject(new Error(`the protocol server ended (${code}): ${printed.join('\n')}`)));
  });
}
