import { describe, expect, it } from 'vitest';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { falsified } from '../support/falsified-log.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

/** An event of the client `shop` that failed for good after 2 s of waiting and 3 s of work. */
async function deadEvent() {
  const log = createInMemoryLog();
  const api = apiUnderTest({ log });
  const { clock } = api;
  const { id } = (await api.post(order, { traceparent }, 'shop')).json();
  const life = eventLife(log, clock, id);
  clock.advance(2_000);
  await life.start();
  clock.advance(3_000);
  await life.failForGood();
  return { ...api, log, id, url: `/v1/events/${id}/trace` };
}

describe('the timeline of an event', () => {
  it('says what it waited for and what was done with it, for how long, and in which trace', async () => {
    const { call, id, url } = await deadEvent();
    const answer = await call({ url, as: 'viewer' });
    expect(answer.statusCode).toBe(200);
    const { spans, ...trace } = answer.json();
    expect(trace).toMatchObject({
      ...{ id, type: order.type, source: order.source, status: 'DEAD', durationMs: 5_000, omittedSpans: 0 },
      ...{ receivedAt: '2030-01-01T00:00:00.000Z', endedAt: '2030-01-01T00:00:05.000Z', traceIds: [traceId] },
    });
    expect(spans).toMatchObject([
      { kind: 'waiting', durationMs: 2_000, revision: 0, traceId },
      { kind: 'attempt', durationMs: 3_000, revision: 1, outcome: 'failed', reason: 'TypeError: order has no lines' },
      { kind: 'dead', durationMs: null, endedAt: null, reason: 'not-retryable' },
    ]);
  });

  it('goes on after a replay, and has not ended then', async () => {
    const { call, clock, url, id } = await deadEvent();
    clock.advance(60_000);
    await call({ method: 'POST', url: `/v1/events/${id}/replay`, payload: { reason: 'the handler is fixed' } });
    const { endedAt, durationMs, spans } = (await call({ url })).json();
    expect([endedAt, durationMs]).toEqual([null, null]);
    expect(spans.slice(2)).toMatchObject([
      { kind: 'dead', durationMs: 60_000, outcome: 'replayed', operatorReason: 'the handler is fixed' },
      { kind: 'waiting', generation: 1, attempt: 1, durationMs: null },
    ]);
  });

  it('is of a client its own, and of another one as that of an unknown event', async () => {
    const { call, url } = await deadEvent();
    const unknown = '/v1/events/0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d/trace';
    expect((await call({ url, as: 'shop' })).statusCode).toBe(200);
    const foreign = await call({ url, as: 'other-shop' });
    expect([foreign.statusCode, foreign.body]).toEqual([404, (await call({ url: unknown, as: 'other-shop' })).body]);
    expect((await call({ url: '/v1/events/no-id/trace' })).statusCode).toBe(404);
  });

  it('is not made of a history that is not what was written', async () => {
    const { log, url } = await deadEvent();
    const { call } = apiUnderTest({ log: falsified(log, ({ data }) => ({ data: data.replace('shop', 'bank') })) });
    expect((await call({ url })).json()).toMatchObject({ code: 'history-broken' });
  });
});
