import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { WatchedSystem } from './watched-system.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const RABBITMQCTL = /^rabbitmqctl /;

/**
 * Runs a command of a runbook as an operator does, in a shell with the variables that docs/runbooks/README.md explains.
 * @returns what it printed. @throws with that when it fails.
 */
export async function runFirstCommand(command: string, { system, prometheus }: WatchedSystem): Promise<string> {
  if (RABBITMQCTL.test(command)) {
    // Ours has its own place and cookie.
    await system.rabbitMq.control(...command.replace(RABBITMQCTL, '').split(' '));
    return '';
  }
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', command], {
    cwd: root,
    env: {
      ...process.env,
      EVENTOPS_URL: system.apiUrls()[0],
      EVENTOPS_TOKEN: system.token,
      PROMETHEUS_URL: prometheus.url,
      DATABASE_URL: system.env.DATABASE_URL,
    },
  });
  return stdout;
}
