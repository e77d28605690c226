import { describe, expect, it } from 'vitest';
import type { EventLog } from '../../src/application/ports/event-log.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { listening } from '../support/api/listening.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';

/** A log that says when somebody begins to follow it, and when nobody does any more. */
function followedLog() {
  const log = createInMemoryLog();
  const followed = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const subscribeAll: EventLog['subscribeAll'] = async function* (after, options) {
    // API keys are followed all the time.
    if (options?.streamPrefixes?.includes('event-') !== true) return yield* log.subscribeAll(after, options);
    try {
      for await (const message of log.subscribeAll(after, options)) {
        if (message.kind === 'caught-up') followed.resolve();
        yield message;
      }
    } finally {
      left.resolve();
    }
  };
  return { log: { ...log, subscribeAll }, followed: followed.promise, left: left.promise };
}

async function withEvent(limits: NonNullable<Parameters<typeof apiUnderTest>[0]>['limits'] = {}) {
  const { log, followed, left } = followedLog();
  const api = apiUnderTest({ log, limits });
  const { id } = (await api.post(order)).json();
  const life = eventLife(log, api.clock, id);
  await life.start();
  return { ...api, id, life, followed, left, url: `/v1/events/${id}` };
}

describe('waiting for an event', () => {
  it('is answered when it is processed', async () => {
    const { call, url, life, followed } = await withEvent();
    const answer = call({ url: `${url}?waitFor=PROCESSED` });
    await followed;
    await life.succeed();
    expect((await answer).json()).toMatchObject({ status: 'PROCESSED', revision: 2, processedAt: expect.any(String) });
    expect((await answer).headers['etag']).toBe('"2"');
  });

  it('is answered when it can no longer be processed', async () => {
    const { call, url, life, followed } = await withEvent();
    const answer = call({ url: `${url}?waitFor=PROCESSED` });
    await followed;
    await life.failForGood();
    expect((await answer).json()).toMatchObject({ status: 'DEAD', revision: 3 });
  });

  it('is answered with how far it has come, at the timeout', async () => {
    const { call, url, clock, followed } = await withEvent();
    const answer = call({ url: `${url}?waitFor=PROCESSED&timeoutMs=50` });
    await followed;
    clock.advance(50);
    expect((await answer).statusCode).toBe(200);
    expect((await answer).json().status).toBe('PROCESSING');
  });

  it.each([
    ['PROCESSING', 'it is so already'],
    ['RECEIVED', 'it cannot be so again without a replay'],
  ])('is answered at once for %s: %s', async (status) => {
    const { call, url } = await withEvent();
    expect((await call({ url: `${url}?waitFor=${status}` })).json().status).toBe('PROCESSING');
  });

  it('is refused when too many wait', async () => {
    const { call, url, clock, followed } = await withEvent({ waiters: 1 });
    const first = call({ url: `${url}?waitFor=PROCESSED&timeoutMs=50` });
    await followed;
    const second = await call({ url: `${url}?waitFor=PROCESSED` });
    expect(second.json()).toMatchObject({ status: 503, code: 'too-many-waiters' });
    expect(second.headers['retry-after']).toBe('1');
    clock.advance(50);
    expect((await first).statusCode).toBe(200);
  });

  it.each([1, 2, 3])('of one client is refused beyond %i, and others wait as before', async (waitersOfOneClient) => {
    const { call, url, life, followed } = await withEvent({ waiters: 10, waitersOfOneClient });
    const wait = (as: string) => call({ url: `${url}?waitFor=PROCESSED`, as });
    const admins = Array.from({ length: waitersOfOneClient }, () => wait('admin'));
    await followed;
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    const surplus = await wait('admin');
    expect(surplus.json()).toMatchObject({
      status: 429,
      code: 'too-many-requests',
      detail: expect.stringContaining('waitFor'),
    });
    expect(surplus.headers['retry-after']).toBe('1');
    expect((await call({ url })).statusCode).toBe(200);
    const viewer = wait('viewer');
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    await life.succeed();
    for (const answer of [...admins, viewer]) expect((await answer).json().status).toBe('PROCESSED');
    expect((await wait('admin')).statusCode).toBe(200);
  });

  it('is not for others, and not for what is unknown', async () => {
    const { call, url } = await withEvent();
    expect((await call({ url: `${url}?waitFor=PROCESSED`, as: 'shop' })).statusCode).toBe(404);
    const other = '/v1/events/091e518e-cffb-86e7-867b-354763635bbd?waitFor=PROCESSED';
    expect((await call({ url: other })).statusCode).toBe(404);
  });

  it('ends with the connection', async () => {
    const api = await withEvent();
    const socket = await (await listening(api)).open();
    socket.write(`GET ${api.url}?waitFor=PROCESSED HTTP/1.1\r\nhost: x\r\nauthorization: Bearer admin\r\n\r\n`);
    await api.followed;
    socket.destroy();
    await api.left;
  });

  it('ends at once when the server closes, with how far it has come', async () => {
    const api = await withEvent();
    const { url } = await listening(api);
    const answer = fetch(`${url}${api.url}?waitFor=PROCESSED`, { headers: { authorization: 'Bearer admin' } });
    await api.followed;
    await api.server.close();
    expect(await (await answer).json()).toMatchObject({ status: 'PROCESSING' });
    await api.left;
  });
});
