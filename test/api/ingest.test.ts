import { describe, expect, it } from 'vitest';
import { eventIdOf, streamOf } from '../../src/application/event-identity.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';

const now = '2030-01-01T00:00:00.000Z';

describe('a new event', () => {
  it('is received, and found where the answer says', async () => {
    const { post, call } = apiUnderTest();
    const answer = await post(order, { 'idempotency-key': 'order-1' });
    const id = eventIdOf('admin', 'order-1');
    expect(answer.statusCode).toBe(201);
    expect(answer.headers).toMatchObject({
      location: `/v1/events/${id}`,
      etag: '"0"',
      'content-type': 'application/json; charset=utf-8',
    });
    expect(answer.json()).toEqual({
      id,
      ...order,
      status: 'RECEIVED',
      idempotencyKey: 'order-1',
      createdAt: now,
      updatedAt: now,
      processedAt: null,
      errorReason: null,
      generation: 0,
      attempts: 0,
      nextAttemptAt: null,
      revision: 0,
    });
    const found = await call({ url: `${answer.headers.location}` });
    expect(found.statusCode).toBe(200);
    expect(found.body).toBe(answer.body);
  });

  it('keeps its payload byte for byte', async () => {
    const { post, recorded } = apiUnderTest();
    const payload = '{ "n" : 12345678901234567890, "n":1.50e+3,\n\t"é":"\\u00e9\\/" , "" : [ ] }';
    const answer = await post(`{"payload":${payload} ,"type":"a","source":"b"}`);
    expect(answer.body).toContain(`"payload":${payload},`);
    expect(JSON.parse((await recorded())[0]?.data ?? '').payload).toBe(payload);
  });

  it.each(['null', '0', 'false', '""', '[]', '"text"'])('may have any JSON as payload: %s', async (payload) => {
    const { post } = apiUnderTest();
    const answer = await post(`{"type":"a","source":"b","payload":${payload}}`);
    expect(answer.statusCode).toBe(201);
    expect(answer.json().payload).toEqual(JSON.parse(payload));
  });

  it('gets a key when it brings none, and keeps to it', async () => {
    const { post } = apiUnderTest();
    const first = (await post(order)).json();
    expect((await post(order)).json().id).not.toBe(first.id);
    const again = await post(order, { 'idempotency-key': first.idempotencyKey });
    expect(again.statusCode).toBe(200);
    expect(again.json()).toEqual(first);
  });

  it('is recorded with who sent it, under which request and trace', async () => {
    const { post, recorded } = apiUnderTest();
    const requestId = '0b0f5f0e-3f5c-4e43-9a57-5d1e5ff8a111';
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const answer = await post(order, { 'x-request-id': requestId, traceparent });
    expect(answer.headers['x-request-id']).toBe(requestId);
    expect(JSON.parse((await recorded())[0]?.metadata ?? '')).toMatchObject({
      actor: {
        kind: 'principal',
        subject: 'admin-subject',
        clientId: 'admin',
        roles: ['admin'],
        tokenId: 'token-of-admin',
      },
      requestId,
      $causationId: requestId,
      traceparent,
    });
  });

  it('is not confused by ids and traces that are malformed', async () => {
    const { post, recorded } = apiUnderTest();
    const answer = await post(order, {
      'x-request-id': 'me\u0000',
      traceparent: '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    });
    expect(answer.statusCode).toBe(201);
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.parse((await recorded())[0]?.metadata ?? '')).not.toHaveProperty('traceparent');
  });

  it('keeps an ordering key', async () => {
    const { post, recorded } = apiUnderTest();
    await post({ ...order, orderingKey: 'customer-7' });
    expect(JSON.parse((await recorded())[0]?.data ?? '').orderingKey).toBe('customer-7');
  });
});

describe('the same key again', () => {
  const key = { 'idempotency-key': 'order-1' };

  it('gives the same event, however the body is spelled', async () => {
    const { post, recorded } = apiUnderTest();
    const first = await post('{"type":"a","source":"b","payload":{"x":1.0,"y":"é"}}', key);
    const again = await post(' {"payload":{"y":"\\u00e9", "x":1} , "source":"b","type":"a"}', key);
    expect(again.statusCode).toBe(200);
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(again.body).toBe(first.body);
    expect(await recorded()).toHaveLength(1);
  });

  it('with another body is refused, and names the places and not the values', async () => {
    const { post, recorded } = apiUnderTest();
    await post({ type: 'a', source: 'b', payload: { card: 'secret-1', n: 1 } }, key);
    const other = await post({ type: 'a', source: 'c', payload: { card: 'secret-2', n: 1 } }, key);
    expect(other.statusCode).toBe(422);
    expect(other.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(other.json()).toMatchObject({
      status: 422,
      code: 'idempotency-key-reused',
      errors: [{ pointer: '/source' }, { pointer: '/payload/card' }],
    });
    expect(other.body).not.toMatch(/secret/);
    expect(await recorded()).toHaveLength(1);
  });

  it('tells large integers apart', async () => {
    const { post } = apiUnderTest();
    await post('{"type":"a","source":"b","payload":{"n":9007199254740993}}', key);
    const other = await post('{"type":"a","source":"b","payload":{"n":9007199254740992}}', key);
    expect(other.json()).toMatchObject({ status: 422, errors: [{ pointer: '/payload/n' }] });
  });

  it('of another client is another event', async () => {
    const { post } = apiUnderTest();
    const [one, other] = [await post(order, key, 'shop'), await post(order, key, 'other-shop')];
    expect([one.statusCode, other.statusCode]).toEqual([201, 201]);
    expect(one.json().id).not.toBe(other.json().id);
  });

  it('by 200 requests at once makes one event', async () => {
    const { post, log } = apiUnderTest();
    const answers = await Promise.all(Array.from({ length: 200 }, () => post(order, key)));
    const statuses = answers.map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 200)).toHaveLength(199);
    expect(new Set(answers.map((answer) => answer.body)).size).toBe(1);
    expect(await log.readStream(streamOf(eventIdOf('admin', 'order-1')))).toHaveLength(1);
  });
});

describe('an answer', () => {
  it('waits until the log has the event', async () => {
    const log = createInMemoryLog();
    const durable = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const slow = {
      ...log,
      append: async (request: Parameters<typeof log.append>[0]) => {
        asked.resolve();
        await durable.promise;
        return log.append(request);
      },
    };
    const { post } = apiUnderTest({ log: slow });
    let isAnswered = false;
    const answer = post(order).finally(() => {
      isAnswered = true;
    });
    await asked.promise;
    await new Promise((resolve) => setImmediate(resolve));
    expect(isAnswered).toBe(false);
    durable.resolve();
    expect((await answer).statusCode).toBe(201);
  });

  it('is that the event was not taken when the log is not available', async () => {
    const log = createInMemoryLog();
    await log.close();
    const answer = await apiUnderTest({ log }).post(order);
    expect(answer.statusCode).toBe(503);
    expect(answer.headers).toMatchObject({ 'retry-after': '1', 'content-type': expect.stringMatching(/problem/) });
    expect(answer.json()).toMatchObject({ status: 503, code: 'log-unavailable' });
  });
});

describe('an event beyond the limits', () => {
  const sized = (bytes: number) => {
    const frame = '{"type":"a","source":"b","payload":""}';
    return frame.replace('""', `"${'x'.repeat(bytes - frame.length)}"`);
  };

  it('is taken with 256 KiB, and refused with one byte more', async () => {
    const { post, recorded } = apiUnderTest();
    expect((await post(sized(256 * 1024))).statusCode).toBe(201);
    const larger = await post(sized(256 * 1024 + 1));
    expect(larger.statusCode).toBe(413);
    expect(larger.json()).toMatchObject({ status: 413, code: 'content-too-large' });
    expect(await recorded()).toHaveLength(1);
  });

  it('is taken with 256 KiB of which every character is escaped in the log', async () => {
    const { post } = apiUnderTest();
    const frame = '{"type":"a","source":"b","payload":""}';
    const payload = `"${String.raw`\"`.repeat((256 * 1024 - frame.length) / 2)}"`;
    const answer = await post(`{"type":"a","source":"b","payload":${payload}}`);
    expect(answer.statusCode).toBe(201);
  });
});
