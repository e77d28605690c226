import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { createMetrics } from '../../../src/adapters/telemetry/metrics/metrics.ts';
import type { Limits } from '../../../src/api/limits.ts';
import { listenForMonitoring } from '../../../src/api/monitoring.ts';
import { untilClosed } from '../../support/api/listening.ts';

async function monitoring(isReady = true, limits: Partial<Limits> = {}) {
  const { port } = await listen(isReady, limits);
  return (path: string, method = 'GET') => fetch(`http://127.0.0.1:${port}${path}`, { method });
}

async function listen(isReady: boolean, limits: Partial<Limits>) {
  const body = { status: isReady ? 'ready' : 'not ready' };
  const { port, close } = await listenForMonitoring({
    host: '127.0.0.1',
    port: 0,
    metrics: createMetrics({ clock: systemClock, version: '0.0.0', roles: ['api'], types: [] }),
    readiness: async () => ({ isReady, body }),
    limits,
  });
  onTestFinished(close);
  return { port };
}

/** All that comes back to `bytes` until the connection is closed. */
async function answerTo(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const answer = untilClosed(socket);
  socket.write(bytes);
  return answer;
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
    const answer = await (await monitoring())(path, method);
    expect(answer.status).toBe(method === 'GET' ? 404 : 405);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('waits no longer for a slow request than the API does', async () => {
    const { port } = await listen(true, { headersTimeoutMs: 20, connectionsCheckingIntervalMs: 10 });
    expect(await answerTo(port, 'GET /metrics HTTP/1.1\r\nhost:')).toMatch(/^HTTP\/1.1 408 /);
    expect(await answerTo(port, '')).toMatch(/^HTTP\/1.1 408 /);
  });

  it.each([
    ['two hosts', 'host: x\r\nHost: y\r\n', 400],
    ['headers beyond the limit', `host: x\r\nx: ${'y'.repeat(16 * 1024)}\r\n`, 431],
  ])('refuses %s', async (_what, headers, status) => {
    const { port } = await listen(true, {});
    const answer = await answerTo(port, `GET /healthz HTTP/1.1\r\nconnection: close\r\n${headers}\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it.each([1, 2, 3])('takes no more than %i connections, and says so to the next', async (connections) => {
    const limits = { connections, surplusConnections: 1 };
    const { port } = await listen(true, limits);
    const health = 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n';
    for (let open = 0; open < connections; open++) {
      // The beginning of a request keeps a connection from being idle.
      const socket = connect(port, '127.0.0.1');
      onTestFinished(() => void socket.destroy());
      const answered = new Promise<void>((resolve) => socket.once('data', () => resolve()));
      socket.write(`${health}GET`);
      await answered;
    }
    expect(await answerTo(port, health)).toMatch(/^HTTP\/1.1 503 [^]*too-many-connections/);
  });
});
