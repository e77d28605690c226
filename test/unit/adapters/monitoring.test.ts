import { describe, expect, it, onTestFinished } from 'vitest';
import { createMetrics } from '../../../src/adapters/telemetry/metrics.ts';
import { listenForMonitoring } from '../../../src/adapters/telemetry/monitoring.ts';

async function monitoring(isReady = true) {
  const body = { status: isReady ? 'ready' : 'not ready' };
  const { port, close } = await listenForMonitoring({
    host: '127.0.0.1',
    port: 0,
    metrics: createMetrics(),
    readiness: async () => ({ isReady, body }),
  });
  onTestFinished(close);
  return (path: string, method = 'GET') => fetch(`http://127.0.0.1:${port}${path}`, { method });
}

describe('monitoring', () => {
  it('tells metrics in the format of Prometheus', async () => {
    const answer = await (await monitoring())('/metrics');
    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(await answer.text()).toContain('process_cpu_seconds_total');
  });

  it('tells health in the words of the API', async () => {
    expect(await (await (await monitoring())('/healthz')).text()).toBe('{"status":"ok"}');
  });

  it.each([
    ['ready', 200, true],
    ['not ready', 503, false],
  ])('tells that the process is %s', async (status, code, isReady) => {
    const answer = await (await monitoring(isReady))('/readyz');
    expect([answer.status, await answer.json()]).toEqual([code, { status }]);
  });

  it.each([
    ['/', 'GET'],
    ['/metrics', 'POST'],
    ['/constructor', 'GET'],
  ])('knows nothing else: %s %s', async (path, method) => {
    expect((await (await monitoring())(path, method)).status).toBe(404);
  });
});
