import { describe, expect, it } from 'vitest';
import { currentTrace } from '../../src/adapters/tracing/current-trace.ts';
import type { TracingSettings } from '../../src/adapters/tracing/open-tracing.ts';
import { unseal } from '../../src/application/envelope.ts';
import { createUseCases } from '../../src/application/use-cases.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';
import { traceOf, tracingInMemory } from '../support/otlp/tracing-in-memory.ts';
import { createSeededRandom } from '../support/worker/seeded-random.ts';

function tracedApi(settings: Partial<TracingSettings> = {}) {
  const { tracing, spans } = tracingInMemory(settings);
  const inMemory = createInMemoryLog();
  const log = tracing.log(inMemory);
  const clock = { now: () => 0, sleep: async () => {} };
  const useCases = createUseCases({ log, clock, random: createSeededRandom(1) });
  const api = apiUnderTest({ log, useCases, requestTraces: tracing.requests });
  const contexts = () =>
    inMemory.all.map((each) => {
      const { traceparent, tracestate } = unseal(each).envelope;
      return { traceparent, tracestate };
    });
  return { ...api, spans, contexts };
}

describe('a request that is traced', () => {
  it("is a span in the client's trace, whose context the event is recorded with", async () => {
    const { post, spans, contexts } = tracedApi();
    await post(order, { traceparent: traceOf('1'), tracestate: 'shop=1, till=7' });
    const [append, server] = await spans();
    expect(server).toMatchObject({
      ...{ name: 'POST /v1/events', kind: 'SERVER', status: 'UNSET', traceId: '1'.repeat(32), parent: '1'.repeat(16) },
      ...{ tracestate: 'shop=1,till=7', links: [] },
    });
    expect(append).toMatchObject({ name: 'append event', traceId: '1'.repeat(32), parent: server?.spanId });
    expect(contexts()).toEqual([
      { traceparent: `00-${'1'.repeat(32)}-${server?.spanId}-01`, tracestate: 'shop=1,till=7' },
    ]);
  });

  it('without a trace of the client begins one', async () => {
    const { post, spans, contexts } = tracedApi();
    await post(order);
    const server = (await spans()).at(-1);
    expect(server?.parent).toBeNull();
    expect(contexts()).toEqual([{ traceparent: `00-${server?.traceId}-${server?.spanId}-01` }]);
  });

  it.each([
    ['a malformed traceparent', { traceparent: `${traceOf('1')}; drop`, tracestate: 'a=1' }],
    ['a traceparent of zeros', { traceparent: traceOf('0') }],
    ['baggage', { baggage: 'userId=alice,secret=1' }],
    ['a tracestate alone', { tracestate: 'a=1' }],
  ])('takes nothing of %s', async (_, headers) => {
    const { post, spans, contexts } = tracedApi();
    await post(order, headers);
    const server = (await spans()).at(-1);
    expect(server).toMatchObject({ parent: null, tracestate: '' });
    expect(contexts()).toEqual([{ traceparent: `00-${server?.traceId}-${server?.spanId}-01` }]);
  });

  it('shows its route and its status, and nothing else that a client sent', async () => {
    const { call, spans } = tracedApi();
    const secret = 'canary-7Z';
    await call({
      url: `/v1/events/${secret}?limit=${secret}`,
      headers: { 'user-agent': secret, cookie: secret, 'x-forwarded-for': secret, host: secret },
    });
    await call({ url: '/v1/me', headers: { authorization: `Bearer ${secret}` } });
    const all = await spans();
    expect(all.map(({ name, attributes }) => [name, attributes['http.response.status_code']])).toEqual([
      ['GET /v1/events/:id', 400],
      ['GET /v1/me', 401],
    ]);
    expect(JSON.stringify(all)).not.toContain(secret);
  });

  it('is an error where it is our fault', async () => {
    const { call, spans } = tracedApi();
    await call({ url: '/v1/events' });
    expect(await spans()).toMatchObject([{ status: 'ERROR', attributes: { 'error.type': '503' } }]);
  });

  it('is none for what load balancers ask and for what is no route', async () => {
    const { call, spans } = tracedApi();
    for (const url of ['/healthz', '/readyz', '/openapi.json', '/v1/nothing']) await call({ url });
    expect(await spans()).toEqual([]);
  });

  it('is known to what runs on its behalf', async () => {
    const { tracing, spans } = tracingInMemory();
    const seen: unknown[] = [];
    const { call } = apiUnderTest({
      requestTraces: tracing.requests,
      authenticator: {
        authenticate: async () => {
          seen.push(currentTrace());
          return null;
        },
      },
    });
    await call({ url: '/v1/me' });
    const [server] = await spans();
    expect(seen).toEqual([{ trace_id: server?.traceId, span_id: server?.spanId }]);
    expect(currentTrace()).toBeNull();
  });
});

describe('a request that is not sampled', () => {
  it.each([
    ['of a client that does not want it', {}, traceOf('1', '00'), traceOf('1', '00')],
    ['by the ratio', { sampler: 'parentbased_traceidratio', ratio: 0 } as const, undefined, undefined],
    ['although its client wants it', { sampler: 'always_off' } as const, traceOf('1'), traceOf('1', '00')],
  ])('%s is recorded as such', async (_, settings, sent, recorded) => {
    const { post, spans, contexts } = tracedApi(settings);
    await post(order, sent === undefined ? {} : { traceparent: sent });
    expect(await spans()).toEqual([]);
    expect(contexts()).toEqual([{ traceparent: recorded }]);
  });
});
