import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const eventops = fileURLToPath(new URL('../../bin/eventops', import.meta.url));

export interface Server {
  readonly url: string;
  readonly token: string;
  /** Whether this process started it, and so has to stop it. */
  readonly startedHere: boolean;
  stop(): Promise<void>;
}

/** The EventOps that runs already at HOST and PORT, or one of our own on the same settings. */
export async function findOrStartServer(): Promise<Server> {
  const url = `http://${process.env['HOST'] ?? '127.0.0.1'}:${process.env['PORT'] ?? '8000'}`;
  const token = () =>
    execFileSync(eventops, ['token', '--role', 'admin', '--subject', 'github-demo'], { encoding: 'utf8' }).trim();
  if (await answers(url)) return { url, token: token(), startedHere: false, stop: async () => {} };
  const child = spawn(eventops, ['start'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error' },
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => text.includes('EventOps is ready') && resolve());
  });
  const early = await Promise.race([ready.then(() => 'ready' as const), ended]);
  if (early !== 'ready') throw new Error(`EventOps ended with exit code ${early} before it was ready; see above`);
  return {
    url,
    token: token(),
    startedHere: true,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const answers = (url: string) =>
  fetch(`${url}/healthz`).then(
    (response) => response.ok,
    () => false,
  );
