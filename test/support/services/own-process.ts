import { spawn } from 'node:child_process';
import { chownSync, closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A server process that we started, and so may end. */
export interface OwnProcess {
  readonly pid: number;
  isRunning(): boolean;
  /** The process alone, or with everything that it started. */
  signal(name: NodeJS.Signals, reach?: 'alone' | 'with-children'): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Its own folder, which also holds its log. */
  readonly folder: string;
}

const LOG = 'output.log';

/** PostgreSQL refuses to run as root, and RabbitMQ has no business to: as root they run as `nobody`. */
const unprivileged = () => {
  if (process.getuid?.() !== 0) return null;
  const [, , uid, gid] = readFileSync('/etc/passwd', 'utf8').match(/^nobody:([^:]*):(\d+):(\d+):/m) ?? [];
  if (uid === undefined || gid === undefined) throw new Error('Servers must not run as root, and there is no `nobody`');
  return { uid: Number(uid), gid: Number(gid) };
};

/** Hands a file or folder to the user that the servers run as. */
export function handOver(path: string): void {
  const user = unprivileged();
  if (user) chownSync(path, user.uid, user.gid);
}

/** The kernel ends the server when we end, however that happens: no orphan outlives a killed test run. */
const guarded = ({ command, args }: Launch): readonly string[] => {
  const user = unprivileged();
  const as = user ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'] : [];
  return ['--pdeathsig', 'KILL', ...as, command, ...args];
};

export function startProcess(launch: Launch): OwnProcess {
  const log = openSync(join(launch.folder, LOG), 'a');
  const child = spawn('setpriv', guarded(launch), {
    cwd: launch.folder,
    // A group of its own: an interrupt at the keyboard is for us, and we end our servers in order.
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: process.env['PATH'], HOME: launch.folder, LANG: 'C.UTF-8', ...launch.env },
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? -1,
    ended,
    isRunning,
    signal: (name, reach = 'alone') => {
      if (!isRunning() || child.pid === undefined) return;
      const pids = reach === 'alone' ? [child.pid] : [child.pid, ...descendants(child.pid)];
      for (const pid of pids) signalIfThere(pid, name);
    },
  };
}

/** Runs to its end. @throws with the end of its output when it fails. */
export async function runProcess(launch: Launch): Promise<void> {
  const log = openSync(join(launch.folder, LOG), 'a');
  const child = spawn('setpriv', guarded(launch), {
    cwd: launch.folder,
    stdio: ['ignore', log, log],
    env: { PATH: process.env['PATH'], HOME: launch.folder, LANG: 'C.UTF-8', ...launch.env },
  });
  closeSync(log);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });
  if (code !== 0) throw new Error(`${launch.command} failed (${code}):\n${endOfLog(launch.folder)}`);
}

export const endOfLog = (folder: string) => readFileSync(join(folder, LOG), 'utf8').split('\n').slice(-15).join('\n');

/** Asks until the answer comes: a port that is open says little, a canary that went through says all. */
export async function untilReady(process: OwnProcess, folder: string, canary: () => Promise<void>): Promise<void> {
  const giveUpAt = performance.now() + 120_000;
  for (;;) {
    try {
      return await canary();
    } catch (cause) {
      if (!process.isRunning()) throw new Error(`It ended while starting:\n${endOfLog(folder)}`, { cause });
      if (performance.now() > giveUpAt) throw new Error(`It did not get ready:\n${endOfLog(folder)}`, { cause });
      await pause(50);
    }
  }
}

/** Asks it to end, and ends it when it does not. */
export async function endProcess(process: OwnProcess, request: NodeJS.Signals, patienceMs: number): Promise<void> {
  process.signal('SIGCONT', 'with-children');
  process.signal(request);
  const patience = new AbortController();
  const impatient = pause(patienceMs, undefined, { signal: patience.signal }).then(
    () => process.signal('SIGKILL', 'with-children'),
    () => {},
  );
  await process.ended;
  patience.abort();
  await impatient;
}

export async function killProcess(process: OwnProcess | null): Promise<void> {
  process?.signal('SIGKILL', 'with-children');
  await process?.ended;
}

/** Everything below a process, read from /proc: PostgreSQL's workers form groups of their own. */
function descendants(pid: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    return children.flatMap((child) => [child, ...descendants(child)]);
  } catch {
    return [];
  }
}

function signalIfThere(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
