import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { adminToken, makeDataFolder } from '../support/processes/data-folder.ts';
import { metricsAt } from '../support/processes/running-eventops.ts';

const eventops = fileURLToPath(new URL('../../bin/eventops', import.meta.url));

/** Says more than is kept, as soon as it is loaded. */
const handlers = `for (let line = 0; line < 400; line++) console.log('x'.repeat(5_000));
export default { handlers: { '*': { handle: () => console.log('done') } } };`;

async function startWithoutReaders() {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-unread-'));
  writeFileSync(join(folder, 'eventops.config.ts'), handlers);
  const dataFolder = join(folder, 'data');
  await makeDataFolder(dataFolder);
  const [port, metricsPort] = [await freePort(), await freePort()];
  const env = {
    ...process.env,
    PORT: `${port}`,
    METRICS_PORT: `${metricsPort}`,
    DATA_DIR: dataFolder,
    EVENTOPS_CONFIG: join(folder, 'eventops.config.ts'),
    LOG_LEVEL: 'debug',
  };
  // Its output is a pipe that nothing reads from.
  const child = spawn('sh', ['-c', 'exec "$0" start 2> /dev/full', eventops], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(async () => {
    if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    rmSync(folder, { recursive: true });
  });
  return { child, url: `http://127.0.0.1:${port}`, metric: metricsAt(metricsPort), dataFolder };
}

const isReady = async (child: ChildProcess, url: string) => {
  if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}`);
  return fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
};

it('events are taken and processed while no log and no output can be written, and SIGTERM ends all of it', async () => {
  const { child, url, metric, dataFolder } = await startWithoutReaders();
  await vi.waitUntil(() => isReady(child, url), { interval: 50, timeout: 100_000 });
  const token = await adminToken(dataFolder);
  const answer = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{"type":"a","source":"s","payload":{}}',
  });
  expect(answer.status).toBe(201);
  const processed = () => metric('eventops_transitions_handled_total', 'transition="ProcessingSucceeded"');
  await vi.waitUntil(async () => (await processed()) > 0, { interval: 50, timeout: 100_000 });
  expect(await metric('eventops_output_dropped_total')).toBeGreaterThan(0);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
