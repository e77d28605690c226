import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { openTracing, type TracingSettings } from '../../../../src/adapters/tracing/open-tracing.ts';
import { startOtlpReceiver } from '../../../support/otlp/receiver.ts';
import { usualTracing } from '../../../support/otlp/tracing-in-memory.ts';
import { createRecordingLogger } from '../../../support/worker/recording-logger.ts';

function sending(settings: Partial<TracingSettings>) {
  const logger = createRecordingLogger();
  let now = 0;
  const tracing = openTracing({
    settings: { ...usualTracing, ...settings },
    systems: { log: 'sqlite', readTables: 'postgresql', commands: 'eventops' },
    ...{ roles: ['api', 'worker'], version: '1.2.3', instance: 'this', logger },
    clock: { now: () => now, sleep: systemClock.sleep },
  });
  return {
    tracing,
    lines: logger.lines,
    advance: (ms: number) => {
      now += ms;
    },
    request: () => tracing.requests.begin({ method: 'GET', route: '/v1/me', scheme: 'http', sent: {} }).end(200),
  };
}

/** Each span is sent at once, by itself. */
const atOnce = { scheduleDelayMs: 1, maxBatchSize: 1 };

async function receiver(options = {}) {
  const receiving = await startOtlpReceiver(options);
  onTestFinished(() => receiving.close());
  return { ...receiving, url: `${receiving.url}/v1/traces` };
}

/** Takes connections, and says nothing. `left` resolves once a connection was closed by its client. */
async function silentReceiver() {
  const left = Promise.withResolvers<void>();
  const server = createServer(
    (socket) =>
      void socket
        .resume()
        .once('error', () => {})
        .once('close', left.resolve),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`, left: left.promise };
}

describe('spans are sent', () => {
  it('as protobuf, with the headers and the resource of the settings', async () => {
    const { url, spans, requests } = await receiver();
    const { tracing, request } = sending({
      ...{ url, headers: { authorization: 'Bearer secret' }, serviceName: 'orders' },
      resourceAttributes: { 'deployment.environment.name': 'test' },
    });
    request();
    await tracing.close();
    expect(requests.map(({ headers }) => [headers['content-type'], headers['authorization']])).toEqual([
      ['application/x-protobuf', 'Bearer secret'],
    ]);
    expect(spans).toMatchObject([{ name: 'GET /v1/me', kind: 'SERVER', status: 'UNSET', scope: 'eventops' }]);
    expect(spans[0]?.resource).toEqual({
      ...{ 'service.name': 'orders', 'service.version': '1.2.3', 'service.instance.id': 'this' },
      ...{ 'deployment.environment.name': 'test', 'eventops.roles': ['api', 'worker'] },
    });
  });

  it('as JSON, and compressed, where the settings say so', async () => {
    const { url, requests } = await receiver();
    const { tracing, request } = sending({ url, protocol: 'http/json', compression: 'gzip' });
    request();
    await tracing.close();
    expect(requests.map(({ headers }) => [headers['content-type'], headers['content-encoding']])).toEqual([
      ['application/json', 'gzip'],
    ]);
    const sent = JSON.parse(String(requests[0]?.body));
    expect(sent.resourceSpans[0].scopeSpans[0].spans).toMatchObject([{ name: 'GET /v1/me' }]);
  });
});

describe('a receiver of traces that', () => {
  it.each([
    ['is away', async () => 'http://127.0.0.1:9/v1/traces', /^no answer \(ECONNREFUSED\)$/],
    ['says nothing', async () => (await silentReceiver()).url, /^no answer within 50 ms$/],
    ['refuses them', async () => (await receiver({ status: 401 })).url, /^the receiver answered with status 401$/],
  ])('%s costs one line when that begins and one a minute', async (_, urlOf, why) => {
    const { tracing, lines, request, advance } = sending({ url: await urlOf(), timeoutMs: 50 });
    const lost = async (spans: number) => {
      for (let span = 0; span < spans; span++) request();
      await tracing.flush();
    };
    await lost(10);
    expect(lines).toMatchObject([
      { level: 'warn', message: expect.stringContaining('spans are lost'), fields: { reason: why } },
    ]);
    advance(30_000);
    await lost(10);
    expect(lines).toHaveLength(1);
    advance(30_000);
    await lost(1);
    expect(lines).toHaveLength(2);
    await tracing.close();
  });

  it('says nothing does not hold the end of the process, which is no failure', async () => {
    const { url, left } = await silentReceiver();
    const { tracing, request } = sending({ url, timeoutMs: 600_000 });
    request();
    await expect(tracing.close()).resolves.toBeUndefined();
    await left;
  });

  it('is too slow costs the spans beyond the queue', async () => {
    const { tracing, request, lines } = sending({
      url: (await silentReceiver()).url,
      timeoutMs: 50,
      maxQueueSize: 2,
      ...atOnce,
    });
    for (let span = 0; span < 50; span++) request();
    await tracing.flush();
    expect(lines.length).toBeGreaterThan(0);
    await tracing.close();
  });
});
