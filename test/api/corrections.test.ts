import { describe, expect, it } from 'vitest';
import type { AppendRequest, EventLog } from '../../src/application/ports/event-log.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';

const reason = 'the quantity was negative';
const payload = { orderId: 'A-1', quantity: 12345678901234567890n };
const text = '{"orderId":"A-1","quantity":12345678901234567890}';
const principal = (scopes: readonly string[]) => ({
  ...{ clientId: 'fixer', subject: 'ada', roles: ['viewer'], scopes, tokenId: null },
});

/** @param fails whether an append is lost before it is made. */
async function system(fails: (request: AppendRequest) => boolean = () => false) {
  const whole = createInMemoryLog();
  const log: EventLog = {
    ...whole,
    append: async (request) =>
      fails(request)
        ? { kind: 'refused', refusal: { code: 'unavailable', message: 'it is busy' } }
        : whole.append(request),
  };
  const callers: Record<string, ReturnType<typeof principal>> = {
    fixer: principal(['events:correct', 'payloads:read']),
    shop: { ...principal(['events:write', 'events:correct']), clientId: 'shop', roles: [] },
    other: { ...principal(['events:write', 'events:correct']), clientId: 'other', roles: [] },
    admin: { ...principal([]), roles: ['admin'] },
  };
  const api = apiUnderTest({ log, authenticator: { authenticate: async (token) => callers[token] ?? null } });
  const deadLetter = async (type = 'order.placed') => {
    const { id } = (await api.post({ ...order, type }, {}, 'shop')).json();
    const life = eventLife(log, api.clock, String(id));
    await life.start();
    await life.failForGood();
    return String(id);
  };
  const correct = (id: string, { as = 'fixer', why = reason, body = text } = {}) =>
    api.call({
      ...{ method: 'POST', url: `/v1/events/${id}/corrections`, as, headers: { 'content-type': 'application/json' } },
      payload: `{"payload":${body},"reason":${JSON.stringify(why)}}`,
    });
  const historyOf = async (id: string) =>
    (await whole.readStream(`event-${id}`)).map(({ type, data }) => [type, JSON.parse(data)]);
  return { ...api, whole, deadLetter, correct, historyOf };
}

describe('a correction', () => {
  it('makes a new event with the payload as it was written, discards the dead one, and is named by both', async () => {
    const { deadLetter, correct, historyOf, whole } = await system();
    const id = await deadLetter();
    const before = await whole.readStream(`event-${id}`);
    const answer = await correct(id);
    expect(answer.statusCode, answer.body).toBe(201);
    const { id: newId } = answer.json();
    expect(answer.body).toContain(text);
    expect(newId).not.toBe(id);
    expect(await historyOf(newId)).toMatchObject([
      ['EventReceived', { clientId: 'shop', type: 'order.placed', payload: text, correctionOf: id }],
    ]);
    expect((await historyOf(id)).at(-1)).toEqual([
      'EventDiscarded',
      { correctedBy: newId, generation: 0, reason, requestedBy: 'ada' },
    ]);
    expect((await whole.readStream(`event-${id}`)).slice(0, before.length), 'and nothing before was touched').toEqual(
      before,
    );
    expect(payload.quantity.toString()).toBe('12345678901234567890');
  });

  it('asked for twice is one, and with another payload refused', async () => {
    const { deadLetter, correct, historyOf } = await system();
    const id = await deadLetter();
    const first = await correct(id);
    const second = await correct(id);
    expect([second.statusCode, second.headers['idempotent-replayed'], second.json().id]).toEqual([
      200,
      'true',
      first.json().id,
    ]);
    expect((await historyOf(id)).filter(([type]) => type === 'EventDiscarded')).toHaveLength(1);
    expect((await correct(id, { body: '{}' })).json()).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
  });

  it('that ended half-way is completed when it is asked for again, with the same payload alone', async () => {
    let isLost = true;
    const { deadLetter, correct, historyOf } = await system(
      ({ transitions }) => isLost && transitions[0]?.type === 'EventDiscarded',
    );
    const id = await deadLetter();
    expect((await correct(id)).statusCode).toBe(503);
    isLost = false;
    expect((await correct(id, { body: '{}' })).statusCode).toBe(422);
    const answer = await correct(id);
    expect(answer.statusCode).toBe(200);
    expect((await historyOf(id)).at(-1)).toMatchObject(['EventDiscarded', { correctedBy: answer.json().id }]);
    expect(await historyOf(answer.json().id)).toHaveLength(1);
  });

  it('is refused for what is no dead letter, is never to run again, or was given up', async () => {
    const { deadLetter, correct, post, call, clock, log } = await system();
    const { id } = (await post(order, {}, 'shop')).json();
    expect((await correct(id)).json()).toMatchObject({ code: 'event-not-dead', detail: 'It is RECEIVED now.' });
    await eventLife(log, clock, id).start();
    expect((await correct(id)).json()).toMatchObject({ code: 'event-not-dead', detail: 'It is PROCESSING now.' });
    expect((await correct(await deadLetter('once.charged'))).json()).toMatchObject({ code: 'replay-not-allowed' });
    const discarded = await deadLetter();
    await call({ method: 'POST', url: `/v1/dead-letters/${discarded}/discard`, payload: { reason }, as: 'admin' });
    expect((await correct(discarded)).json()).toMatchObject({ status: 409, code: 'event-discarded' });
    expect((await correct('0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d')).statusCode).toBe(404);
    expect((await correct('none')).statusCode).toBe(404);
  });

  it('takes what an event takes, with a reason', async () => {
    const { deadLetter, correct } = await system();
    const id = await deadLetter();
    for (const body of ['{"a":1e999}', '"\\u0000"'])
      expect((await correct(id, { body })).json()).toMatchObject({ status: 400, code: 'invalid-request' });
    expect((await correct(id, { why: '' })).statusCode).toBe(400);
    expect((await correct(id, { body: '{' })).json()).toMatchObject({ code: 'malformed-json' });
    expect((await correct(id, { body: '[1' })).json()).toMatchObject({ code: 'malformed-json' });
  });

  it('is permitted by a scope alone, and to a client for its own events', async () => {
    const { deadLetter, correct } = await system();
    const id = await deadLetter();
    expect((await correct(id, { as: 'admin' })).json()).toMatchObject({ status: 403, permission: 'events:correct' });
    expect((await correct(id, { as: 'other' })).statusCode).toBe(404);
    expect((await correct(id, { as: 'shop' })).statusCode).toBe(201);
  });
});
