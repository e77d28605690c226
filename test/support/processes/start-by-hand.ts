import { spawn } from 'node:child_process';
import { freePort } from '../free-port.ts';

export interface Started {
  readonly url: string;
  /** What it said when it was ready. */
  readonly said: string;
  /** SIGTERM to all that was started, as a terminal that closes does; resolves once nothing of it is left. */
  stop(): Promise<void>;
}

/** Then all of it is ended, so that a test that fails leaves nothing running. */
const READY_WITHIN_MS = 240_000;

/**
 * What a person types to start EventOps, in a folder; resolves once it is ready.
 * @throws with what it printed when it ends before that.
 */
export async function startByHand(
  folder: string,
  [program, ...args]: readonly [string, ...string[]],
  settings: NodeJS.ProcessEnv = {},
): Promise<Started> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const env = { ...process.env, PORT: `${port}`, METRICS_PORT: `${metricsPort}`, ...settings };
  // A group of its own, as a terminal gives one: npm and npx are processes before ours.
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  const child = spawn(program, args, { cwd: folder, env, detached: true, stdio: [...stdio] });
  const tooLong = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), READY_WITHIN_MS);
  let printed = '';
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ready = new Promise<'ready'>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        if (printed.includes('EventOps is ready at')) resolve('ready');
      });
  });
  const first = await Promise.race([ready, ended]);
  clearTimeout(tooLong);
  if (first !== 'ready') throw new Error(`It ended before it was ready:\n${printed}`);
  return {
    url: `http://127.0.0.1:${port}`,
    said: printed,
    stop: () => {
      process.kill(-(child.pid as number), 'SIGTERM');
      return ended;
    },
  };
}
