import { spawn } from 'node:child_process';
import { freePort } from '../free-port.ts';

export interface Started {
  readonly url: string;
  /** SIGTERM to all that was started, as a terminal that closes does; resolves once nothing of it is left. */
  stop(): Promise<void>;
}

/** `npx eventops start` in a project, ready. @throws with what it printed when it ends before that. */
export async function startThere(folder: string): Promise<Started> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const env = { ...process.env, PORT: `${port}`, METRICS_PORT: `${metricsPort}` };
  // A group of its own, as a terminal gives one: npx is a process before ours.
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  const child = spawn('npx', ['--no', 'eventops', 'start'], { cwd: folder, env, detached: true, stdio: [...stdio] });
  let printed = '';
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ready = new Promise<'ready'>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        if (printed.includes('EventOps is ready at')) resolve('ready');
      });
  });
  if ((await Promise.race([ready, ended])) !== 'ready') throw new Error(`It ended before it was ready:\n${printed}`);
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      process.kill(-(child.pid as number), 'SIGTERM');
      return ended;
    },
  };
}
