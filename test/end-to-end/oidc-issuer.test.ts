import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { machineToken } from '../support/oidc/flows.ts';
import { startProvider } from '../support/oidc/provider.ts';
import { spawnEventOps } from '../support/processes/spawn-eventops.ts';

it('EventOps waits for its issuer, says so, and then takes its tokens', async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'eventops-oidc-'));
  const [port, metricsPort, issuerPort] = [await freePort(), await freePort(), await freePort()];
  const isWaiting = Promise.withResolvers<void>();
  const eventops = spawnEventOps({
    env: {
      DATA_DIR: dataFolder,
      OIDC_ISSUER: `http://127.0.0.1:${issuerPort}`,
      OIDC_AUDIENCE: 'urn:eventops',
      HANDLER_ISOLATION: 'none',
    },
    ...{ port, metricsPort },
    onLine: (line) => {
      if (line.includes('waits for the issuer of tokens')) isWaiting.resolve();
    },
  });
  onTestFinished(async () => {
    await eventops.stop();
    await rm(dataFolder, { recursive: true });
  });
  await Promise.race([isWaiting.promise, eventops.ended]);
  const provider = await startProvider(issuerPort);
  onTestFinished(() => provider.close());
  await eventops.ready;
  const answer = await fetch(`http://127.0.0.1:${port}/v1/events?waitFor=PROCESSED`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await machineToken(provider)}` },
    body: JSON.stringify({ type: 'order.placed', source: 'shop', payload: { orderId: 'A-1' } }),
  });
  expect(answer.status).toBe(201);
});
