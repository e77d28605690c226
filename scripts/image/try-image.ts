import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../test/support/free-port.ts';
import { callsOf } from '../smoke/client.ts';
import { lineOf, runSteps } from '../smoke/run-steps.ts';
import { stepsOf } from '../smoke/steps.ts';
import { type Options, outputOf, show } from './run.ts';

export interface Tried {
  readonly healthyMs: number;
  readonly readyMs: number;
  readonly user: string;
  readonly memory: string;
  readonly passed: boolean;
}

const START_MS = 120_000;

/** Runs it as a careful operator would, with nothing but its volume to write to, and has it process events. */
export async function tryImage(image: string, print: (line: string) => void, options: Options): Promise<Tried> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const settings = {
    HOST: '127.0.0.1',
    PORT: port,
    METRICS_HOST: '127.0.0.1',
    METRICS_PORT: metricsPort,
    LOG_LEVEL: 'warn',
  };
  const startedAt = performance.now();
  const container = await outputOf(
    'docker',
    [
      ...[
        'run',
        '--detach',
        '--read-only',
        '--cap-drop',
        'ALL',
        '--security-opt',
        'no-new-privileges',
        '--tmpfs',
        '/tmp',
      ],
      ...['--network', 'host', ...Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`])],
      image,
    ],
    options,
  );
  const inside = (...command: string[]) => outputOf('docker', ['exec', container, ...command], options);
  try {
    const url = `http://127.0.0.1:${port}`;
    await answers(`${url}/healthz`);
    const healthyMs = performance.now() - startedAt;
    await answers(`${url}/readyz`);
    const readyMs = performance.now() - startedAt;
    const token = await inside('bin/eventops', 'token', '--role', 'admin');
    const smoke = {
      ...{ call: callsOf(url, token), run: 'image' },
      processed: { type: 'order.placed', payload: { orderId: 'image' } },
      dead: { type: 'smoke.without-a-handler', payload: {} },
    };
    const passed = await runSteps(stepsOf(smoke), (outcome) => print(lineOf(outcome)));
    const user = await inside('node', '-p', 'process.getuid() + ":" + process.getgid()');
    const memory = await outputOf('docker', ['stats', '--no-stream', '--format', '{{.MemUsage}}', container], options);
    return { healthyMs, readyMs, user, memory, passed };
  } catch (error) {
    await show('docker', ['logs', container], options);
    throw error;
  } finally {
    await outputOf('docker', ['rm', '--force', '--volumes', container], options);
  }
}

async function answers(url: string): Promise<void> {
  for (const giveUpAt = Date.now() + START_MS; ; await pause(50)) {
    if (
      await fetch(url).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return;
    if (Date.now() > giveUpAt) throw new Error(`${url} does not answer after ${START_MS / 1_000} s`);
  }
}
