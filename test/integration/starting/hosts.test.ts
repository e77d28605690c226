import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { freePort } from '../../support/free-port.ts';

const eventops = fileURLToPath(new URL('../../../bin/eventops', import.meta.url));
const hasIPv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'));
if (!hasIPv6) process.stdout.write('skipped: listening on IPv6, because this machine has no ::1\n');

/** A role whose servers are away, which is no reason not to start and to listen. */
async function start(role: string, settings: NodeJS.ProcessEnv) {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-hosts-'));
  const [port, metricsPort] = [await freePort(), await freePort()];
  const env = {
    ...process.env,
    EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false',
    DATABASE_URL: 'postgres://127.0.0.1:1/events',
    AMQP_URL: 'amqp://127.0.0.1:1',
    DATA_DIR: folder,
    PORT: `${port}`,
    METRICS_PORT: `${metricsPort}`,
    LOG_LEVEL: 'silent',
    ...settings,
  };
  const child = spawn(eventops, ['start', '--roles', role], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(async () => {
    if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    rmSync(folder, { recursive: true });
  });
  return { child, port, metricsPort };
}

const isHealthy = (url: string) =>
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );

it.skipIf(!hasIPv6)('API and metrics listen on an address of IPv6, which may have white space around it', async () => {
  const { child, port, metricsPort } = await start('api', { HOST: '::1', METRICS_HOST: '::1\r\n' });
  const areHealthy = async () => {
    if (child.exitCode !== null) throw new Error(await text(child.stderr));
    return (await isHealthy(`http://[::1]:${port}`)) && isHealthy(`http://[::1]:${metricsPort}`);
  };
  await vi.waitUntil(areHealthy, { interval: 50, timeout: 50_000 });
});

it.each([
  [
    '192.0.2.1',
    /^METRICS_HOST: cannot listen: this machine has no such address \(EADDRNOTAVAIL\)\. Give METRICS_HOST .+\n$/,
  ],
  ['[::1]', /^Wrong settings:\n {2}METRICS_HOST: must be an address such as 127\.0\.0\.1 or ::1.+\n$/],
])('a host that cannot be listened on ends the start with 2 and one sentence about it: %s', async (host, says) => {
  const { child } = await start('worker', { METRICS_HOST: host });
  const [printed, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(printed).toMatch(says);
  expect(code).toBe(2);
});
