import { CloudEvent } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';

interface Result {
  readonly index: number;
  readonly status: number;
  readonly event?: { readonly id: string; readonly idempotencyKey: string };
  readonly problem?: { readonly status: number; readonly code: string };
}

function setUp(...given: Parameters<typeof apiUnderTest>) {
  const api = apiUnderTest(...given);
  const post = (payload: string, type: string, headers: Record<string, string> = {}) =>
    api.call({ method: 'POST', url: '/v1/events/batch', headers: { 'content-type': type, ...headers }, payload });
  return { ...api, post };
}

const keyed = (idempotencyKey: string, others: object = {}) => ({ ...order, idempotencyKey, ...others });

describe.each([
  ['application/json', (items: readonly object[]) => JSON.stringify(items)],
  ['application/x-ndjson', (items: readonly object[]) => items.map((item) => JSON.stringify(item)).join('\n')],
])('a batch as %s', (type, encode) => {
  it('is answered item by item, each as a single post would be', async () => {
    const { post, recorded } = setUp();
    const items = [keyed('1'), order, { ...order, type: 'not a name' }, keyed('1'), keyed('1', { payload: 2 })];
    const answer = await post(encode(items), type);
    expect(answer.statusCode).toBe(200);
    const results: Result[] = answer.json().results;
    expect(results.map(({ index, status }) => [index, status])).toEqual([
      [0, 201],
      [1, 201],
      [2, 400],
      [3, 200],
      [4, 422],
    ]);
    expect(results[3]?.event).toEqual(results[0]?.event);
    expect(results[2]?.problem).toMatchObject({ status: 400, code: 'invalid-request', errors: [{ pointer: '/type' }] });
    expect(results[4]?.problem).toMatchObject({ status: 422, errors: [{ pointer: '/payload' }] });
    expect(await recorded()).toHaveLength(2);
  });

  it('can be sent again as a whole', async () => {
    const { post, recorded } = setUp();
    const items = Array.from({ length: 100 }, (_, index) => keyed(`${index}`));
    const first: Result[] = (await post(encode(items), type)).json().results;
    const again: Result[] = (await post(encode(items), type)).json().results;
    expect(first.every(({ status }) => status === 201)).toBe(true);
    expect(again).toEqual(first.map((result) => ({ ...result, status: 200 })));
    expect(await recorded()).toHaveLength(100);
  });

  it('gives the same events as single posts', async () => {
    const { post, call } = setUp();
    const [result]: Result[] = (await post(encode([keyed('1')]), type)).json().results;
    const single = await call({
      method: 'POST',
      url: '/v1/events',
      headers: { 'content-type': 'application/json', 'idempotency-key': '1' },
      payload: order,
    });
    expect(single.statusCode).toBe(200);
    expect(single.json()).toEqual(result?.event);
  });

  it('holds at most 1,000 items, and is taken whole or not at all', async () => {
    const { post, recorded } = setUp();
    const items = Array.from({ length: 1_001 }, (_, index) => keyed(`${index}`));
    const answer = await post(encode(items), type);
    expect(answer.json()).toMatchObject({ status: 413, code: 'batch-too-large' });
    expect(await recorded()).toEqual([]);
    expect((await post(encode(items.slice(1)), type)).json().results).toHaveLength(1_000);
  });

  it('may hold nothing', async () => {
    expect((await setUp().post(encode([]), type)).json()).toEqual({ results: [] });
  });

  it('says of each item that the log is not available', async () => {
    const log = createInMemoryLog();
    await log.close();
    const results: Result[] = (await setUp({ log }).post(encode([keyed('1'), keyed('2')]), type)).json().results;
    expect(results.map(({ problem }) => problem?.code)).toEqual(['log-unavailable', 'log-unavailable']);
  });
});

describe('a batch', () => {
  it('of CloudEvents is keyed by their sources and ids', async () => {
    const { post } = setUp();
    const event = (id: string) => new CloudEvent({ id, type: 'a', source: '/b', data: { id } }).toJSON();
    const type = 'application/cloudevents-batch+json';
    const results: Result[] = (await post(JSON.stringify([event('1'), event('2'), event('1')]), type)).json().results;
    expect(results.map(({ status }) => status)).toEqual([201, 201, 200]);
    expect(results.map((result) => result.event?.idempotencyKey)).toEqual(['/b 1', '/b 2', '/b 1']);
  });

  it('has no key of its own', async () => {
    const { post, recorded } = setUp();
    const answer = await post(JSON.stringify([order]), 'application/json', { 'idempotency-key': 'x' });
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ pointer: '/headers/idempotency-key' }] });
    expect(await recorded()).toEqual([]);
  });

  it('that is not a JSON array is refused whole', async () => {
    const { post, recorded } = setUp();
    const answer = await post(`[${JSON.stringify(order)},{"type":]`, 'application/json');
    expect(answer.json()).toMatchObject({ status: 400, code: 'malformed-json' });
    expect(await recorded()).toEqual([]);
  });

  it('has at most 8 MiB, and each item 256 KiB', async () => {
    const { post } = setUp();
    const large = (bytes: number) => keyed(`${bytes}`, { payload: 'x'.repeat(bytes) });
    const results: Result[] = (
      await post(JSON.stringify([large(255 * 1024), large(256 * 1024)]), 'application/json')
    ).json().results;
    expect(results.map(({ status }) => status)).toEqual([201, 413]);
    expect((await post(' '.repeat(8 * 1024 * 1024 + 1), 'application/json')).statusCode).toBe(413);
  });

  it('needs the permission to write', async () => {
    const { call } = setUp();
    const headers = { 'content-type': 'application/json' };
    const answer = await call({ as: 'viewer', method: 'POST', url: '/v1/events/batch', headers, payload: '[]' });
    expect(answer.statusCode).toBe(403);
  });
});
