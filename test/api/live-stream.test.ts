import { describe, expect, it, onTestFinished } from 'vitest';
import { type ApiUnderTest, apiUnderTest, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { listening } from '../support/api/listening.ts';
import { liveMessages } from '../support/api/live-messages.ts';
import { failure } from '../support/domain/transitions.ts';

async function served(api: ApiUnderTest) {
  const { url } = await listening(api);
  return async (query = '', as = 'admin', headers: Readonly<Record<string, string>> = {}) => {
    const gone = new AbortController();
    onTestFinished(() => gone.abort());
    const answer = await fetch(`${url}/v1/stream${query}`, {
      headers: { authorization: `Bearer ${as}`, ...headers },
      signal: gone.signal,
    });
    if (answer.body === null) throw new Error('no body');
    return { answer, messages: liveMessages(answer.body), leave: () => gone.abort() };
  };
}

const data = (message: { readonly data: string } | null) => JSON.parse(message?.data ?? 'null');

describe('GET /v1/stream', () => {
  it('shows what happens to events, without what was sent in them', async () => {
    const api = apiUnderTest();
    const open = await served(api);
    const { answer, messages } = await open();
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect((await messages.next())?.event).toBe('caught-up');
    const { id } = (await api.post(order)).json();
    const life = eventLife(api.log, api.clock, id);
    await life.start();
    await life.failForGood();
    expect((await messages.take(4)).map(data)).toMatchObject([
      { position: '0', eventId: id, revision: 0, transition: 'EventReceived', status: 'RECEIVED', client: 'admin' },
      { transition: 'ProcessingStarted', status: 'PROCESSING', attempt: 1, type: 'order.placed', source: 'shop' },
      { transition: 'ProcessingFailed', status: 'FAILED', error: `${failure.class}: ${failure.message}` },
      { transition: 'EventDeadLettered', status: 'DEAD', reason: 'not-retryable' },
    ]);
  });

  it.each([
    ['type=order.paid', 1],
    ['source=bank', 2],
    ['client=shop', 3],
    ['status=PROCESSING', 4],
    ['recent=1&type=order.paid', 1],
  ])('shows what fits %s alone', async (query, expected) => {
    const api = apiUnderTest();
    const open = await served(api);
    const { messages } = await open(`?${query}`);
    expect((await messages.next())?.event).toBe('caught-up');
    await api.post(order);
    await api.post({ ...order, type: 'order.paid' });
    await api.post({ ...order, source: 'bank' });
    await api.post(order, {}, 'shop');
    const { id } = (await api.post(order)).json();
    await eventLife(api.log, api.clock, id).start();
    expect(data(await messages.next()).position).toBe(String(expected === 4 ? 5 : expected));
  });

  it('goes on behind the last message that was seen', async () => {
    const api = apiUnderTest();
    const open = await served(api);
    const first = await open();
    await api.post(order);
    const [, seen] = await first.messages.take(2);
    first.leave();
    await api.post(order);
    const second = await open('?recent=5', 'admin', { 'last-event-id': seen?.id ?? '' });
    expect(data(await second.messages.next()).position).toBe('1');
  });

  it('is not for a place that is not of this log', async () => {
    const api = apiUnderTest();
    const answer = await api.call({ url: '/v1/stream', headers: { 'last-event-id': '17' } });
    expect(answer.json()).toMatchObject({ status: 400, code: 'live-stream-place-refused' });
  });

  it('shows a client that may only write its own events', async () => {
    const api = apiUnderTest();
    const open = await served(api);
    const { messages } = await open('', 'shop');
    await messages.next();
    await api.post(order, {}, 'other-shop');
    const { id } = (await api.post(order, {}, 'shop')).json();
    expect(data(await messages.next())).toMatchObject({ eventId: id, client: 'shop' });
  });

  it('is for those who may see histories', async () => {
    expect((await apiUnderTest().call({ url: '/v1/stream', as: 'reader' })).json()).toMatchObject({
      code: 'permission-missing',
      permission: 'audit:read',
    });
  });

  it.each([1, 2, 3])('is refused beyond %i', async (most) => {
    const api = apiUnderTest({ limits: { liveStreams: most, liveStreamsOfOneClient: most } });
    const open = await served(api);
    for (let each = 0; each < most; each++) await (await open()).messages.next();
    expect((await api.call({ url: '/v1/stream' })).json()).toMatchObject({ status: 429, code: 'too-many-requests' });
    expect((await api.call({ url: '/v1/stream', as: 'viewer' })).json()).toMatchObject({
      status: 503,
      code: 'too-many-live-streams',
    });
    expect((await api.call({ method: 'HEAD', url: '/v1/stream' })).statusCode).toBe(200);
  });

  it('ends with the server, which does not wait for it', async () => {
    const api = apiUnderTest();
    const open = await served(api);
    const { messages } = await open();
    await messages.next();
    await api.server.close();
    expect(data(await messages.next())).toMatchObject({ code: 'shutting-down' });
    expect(await messages.next()).toBeNull();
  });
});
