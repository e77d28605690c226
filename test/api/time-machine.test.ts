import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveUuid, streamOf } from '../../src/application/event-identity.ts';
import { eventFromHistory } from '../../src/projections/events/queries.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { carryOut, orders } from '../support/domain/arbitrary.ts';
import { appendAll, request } from '../support/event-log/transitions.ts';
import { falsified } from '../support/falsified-log.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';
import { sealedHistory } from '../support/sealed-history.ts';

const HISTORIES = 200;
const POINTS_OF_EACH = 5;

/** An event that failed once, was replayed 50 s after its receipt, and failed again. */
async function replayedEvent() {
  const log = createInMemoryLog();
  const api = apiUnderTest({ log });
  const { id } = (await api.post(order, {}, 'shop')).json();
  const failIn = async (generation: number) => {
    const life = eventLife(log, api.clock, id, generation);
    api.clock.advance(10_000);
    await life.start();
    await life.failForGood();
  };
  await failIn(0);
  api.clock.advance(40_000);
  await api.call({ method: 'POST', url: `/v1/events/${id}/replay`, payload: { reason: 'fixed' } });
  await failIn(1);
  return { ...api, log, id, url: `/v1/events/${id}` };
}

describe('an event as it was', () => {
  it(`is what its history added up to then: ${HISTORIES * POINTS_OF_EACH} points of any histories`, async () => {
    const log = createInMemoryLog();
    const { call } = apiUnderTest({ log });
    let histories = 0;
    let points = 0;
    const property = async (series: Parameters<typeof carryOut>[0], draws: readonly number[]) => {
      const id = deriveUuid(`history ${histories++}`);
      const sealed = sealedHistory(carryOut(series).history, id);
      await appendAll(log, [request({ stream: streamOf(id), transitions: sealed })]);
      const recorded = await log.readStream(streamOf(id));
      for (const draw of draws) {
        const revision = draw % recorded.length;
        const { recordedAt = '', position } = recorded[revision] ?? {};
        const { clientId: _, payload, ...then } = eventFromHistory(recorded.slice(0, revision + 1)) ?? {};
        const asIs = { ...then, payload: JSON.parse(payload ?? '') };
        expect((await call({ url: `/v1/events/${id}?asOf=${recordedAt}` })).json()).toEqual(asIs);
        expect((await call({ url: `/v1/events/${id}?asOfPosition=${position}` })).json()).toEqual(asIs);
        const { items, verified } = (await call({ url: `/v1/events/${id}/history?asOf=${recordedAt}` })).json();
        expect([items.at(-1).revision, items.length, verified]).toEqual([revision, revision + 1, true]);
        points++;
      }
    };
    const draws = fc.array(fc.nat(), { minLength: POINTS_OF_EACH, maxLength: POINTS_OF_EACH });
    await fc.assert(fc.asyncProperty(orders, draws, property), { numRuns: HISTORIES, endOnFailure: true });
    expect(points).toBe(HISTORIES * POINTS_OF_EACH);
  });

  it('was not there before it was received, and is as it is at a time to come', async () => {
    const { call, url } = await replayedEvent();
    expect((await call({ url: `${url}?asOf=2029-12-31T23:59:59.999Z` })).json().code).toBe('event-not-found');
    expect((await call({ url: `${url}?asOf=2030-01-01T00:00:00Z` })).json()).toMatchObject({ status: 'RECEIVED' });
    expect((await call({ url: `${url}?asOf=2030-01-01T00:00:49.999Z` })).json()).toMatchObject({
      ...{ status: 'DEAD', generation: 0, revision: 3 },
    });
    expect((await call({ url: `${url}?asOf=2999-01-01T00:00:00Z` })).json()).toMatchObject({
      ...{ status: 'DEAD', generation: 1, revision: 7 },
    });
    const late = `${url}/history?asOf=2029-12-31T23:59:59.999Z`;
    expect((await call({ url: late })).json().code).toBe('event-not-found');
  });

  it.each(['asOf=yesterday', 'asOfPosition=-1', 'asOf=2030-01-01T00:00:00Z&asOfPosition=1'])(
    'is refused as %s, which is no moment',
    async (query) => {
      const { call, url } = await replayedEvent();
      for (const path of [url, `${url}/history`])
        expect((await call({ url: `${path}?${query}` })).json().code).toBe('invalid-request');
    },
  );

  it('is not waited for', async () => {
    const { call, url } = await replayedEvent();
    const { errors } = (await call({ url: `${url}?asOf=2030-01-01T00:00:00Z&waitFor=DEAD` })).json();
    expect(errors).toEqual([
      { pointer: '/query/asOf', code: 'invalid', message: 'cannot be given together with waitFor' },
    ]);
  });

  it('is nothing to another client, and nothing of a history that is not what was written', async () => {
    const { call, log, url } = await replayedEvent();
    const then = `${url}?asOf=2030-01-01T00:00:00Z`;
    expect((await call({ url: then, as: 'shop' })).statusCode).toBe(200);
    expect((await call({ url: then, as: 'other-shop' })).json().code).toBe('event-not-found');
    const changed = falsified(log, ({ data }) => ({ data: data.replace('shop', 'bank') }));
    expect((await apiUnderTest({ log: changed }).call({ url: then })).json().code).toBe('history-broken');
  });
});

describe('the difference between two states of an event', () => {
  it('makes the one of the other', async () => {
    const { call, url } = await replayedEvent();
    // The only stream of its log.
    const at = async (revision: number) => (await call({ url: `${url}?asOfPosition=${revision}` })).json();
    const { from, to, patch } = (await call({ url: `${url}/diff?from=1&to=3` })).json();
    expect([from, to]).toEqual([
      { revision: 1, recordedAt: '2030-01-01T00:00:10.000Z' },
      { revision: 3, recordedAt: '2030-01-01T00:00:10.000Z' },
    ]);
    const before = await at(1);
    for (const { path, value } of patch) before[path.slice(1)] = value;
    expect(before).toEqual(await at(3));
    expect(patch).toContainEqual({ op: 'replace', path: '/errorReason', value: 'TypeError: order has no lines' });
    expect((await call({ url: `${url}/diff?from=3&to=3` })).json().patch).toEqual([]);
  });

  it('is one of attempts, with what followed from each', async () => {
    const { call, url } = await replayedEvent();
    const { from, to, patch } = (await call({ url: `${url}/diff?from=0:1&to=1:1` })).json();
    expect([from.revision, to.revision]).toEqual([3, 7]);
    expect(patch).toEqual([
      { op: 'replace', path: '/updatedAt', value: '2030-01-01T00:01:00.000Z' },
      { op: 'replace', path: '/generation', value: 1 },
      { op: 'replace', path: '/revision', value: 7 },
    ]);
  });

  it.each([
    ['from=0&to=8', 'point-not-found'],
    ['from=2:1&to=0', 'point-not-found'],
    ['from=0', 'invalid-request'],
    ['from=0&to=-1', 'invalid-request'],
    ['from=0&to=1&payload=1', 'invalid-request'],
  ])('of %s is refused as %s', async (query, code) => {
    const { call, url } = await replayedEvent();
    expect((await call({ url: `${url}/diff?${query}` })).json().code).toBe(code);
  });

  it('is nothing to another client', async () => {
    const { call, url } = await replayedEvent();
    expect((await call({ url: `${url}/diff?from=0&to=1`, as: 'shop' })).statusCode).toBe(200);
    expect((await call({ url: `${url}/diff?from=0&to=1`, as: 'other-shop' })).json().code).toBe('event-not-found');
    expect((await call({ url: '/v1/events/no-id/diff?from=0&to=1' })).json().code).toBe('event-not-found');
  });
});
