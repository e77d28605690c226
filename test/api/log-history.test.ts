import { describe, expect, it } from 'vitest';
import { CheckpointRefused, ReadDatabaseUnavailable } from '../../src/application/failures.ts';
import { createLogDivider } from '../../src/application/log-segments/divide-log.ts';
import type { Checkpoint, EventLog } from '../../src/application/ports/event-log.ts';
import type { LogSegmentsReader } from '../../src/application/ports/log-segments.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { falsified } from '../support/falsified-log.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';
import { createSegmentsInMemory } from '../support/segments-in-memory.ts';

interface Item {
  readonly position: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
}

/** Two events, the second of which dies and is replayed by an operator a minute after its receipt. */
async function twoEvents() {
  const log = createInMemoryLog();
  const api = apiUnderTest({ log });
  const first = (await api.post(order, {}, 'shop')).json().id;
  api.clock.advance(10_000);
  const second = (await api.post(order, {}, 'shop')).json().id;
  const life = eventLife(log, api.clock, second);
  api.clock.advance(10_000);
  await life.start();
  await life.failForGood();
  api.clock.advance(40_000);
  await api.call({ method: 'POST', url: `/v1/events/${second}/replay`, payload: { reason: 'fixed' } });
  const ask = async (query: string, as = 'auditor') => (await api.call({ url: `/v1/history?${query}`, as })).json();
  const types = async (query: string) => (await ask(query)).items.map(({ type }: Item) => type);
  return { ...api, log, first, second, ask, types };
}

/** All pages, one after the other. */
async function walk(ask: (query: string) => Promise<{ items: Item[]; nextCursor: string | null }>, query: string) {
  const items: Item[] = [];
  let pages = 0;
  for (let cursor: string | null = ''; cursor !== null; pages++) {
    const page = await ask(`${query}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return { items, pages };
}

describe('all histories together', () => {
  it('are listed in the order of the log, each transition as its history shows it', async () => {
    const { call, first, second, ask } = await twoEvents();
    const { items, verified, nextCursor } = await ask('');
    expect([verified, nextCursor]).toEqual([true, null]);
    expect(items.map(({ stream, revision }: Item) => [stream, revision])).toEqual([
      [`event-${first}`, 0],
      ...[0, 1, 2, 3, 4].map((revision) => [`event-${second}`, revision]),
    ]);
    const { items: history } = (await call({ url: `/v1/events/${second}/history`, as: 'auditor' })).json();
    expect(items.slice(1).map(({ position: _, ...item }: Item) => item)).toEqual(history);
  });

  it('are filtered by time, actor and type', async () => {
    const { types } = await twoEvents();
    expect(await types('since=2030-01-01T00:00:10Z&until=2030-01-01T00:00:20Z')).toEqual(['EventReceived']);
    expect(await types('actor=admin-subject')).toEqual(['ReplayRequested']);
    expect(await types('actor=worker-1&type=ProcessingFailed')).toEqual(['ProcessingFailed']);
    expect(await types('actor=worker')).toEqual([]);
    expect(await types('since=2030-01-01T00:01:00.001Z')).toEqual([]);
  });

  it.each([1, 2, 3, 200])('come in pages of %d, without a gap or a repetition', async (limit) => {
    const { ask } = await twoEvents();
    const { items: whole } = await ask('');
    expect((await walk(ask, `limit=${limit}`)).items).toEqual(whole);
    const ofType = (await walk(ask, `limit=${limit}&type=EventReceived`)).items;
    expect(ofType).toEqual(whole.filter(({ type }: Item) => type === 'EventReceived'));
  });

  it('go on behind what was appended meanwhile', async () => {
    const { ask, post } = await twoEvents();
    const { nextCursor } = await ask('limit=5');
    await post({ ...order, type: 'order.later' });
    const { items } = await ask(`limit=200&cursor=${nextCursor}`).then((page) => page);
    expect(items.map(({ type }: Item) => type)).toEqual(['ReplayRequested', 'EventReceived']);
  });

  it('end a page before it has more data than a page may, and give one item in any case', async () => {
    const { log } = await twoEvents();
    const { call } = apiUnderTest({ log, limits: { pageBytes: 1 } });
    const ask = async (query: string) => (await call({ url: `/v1/history?${query}` })).json();
    expect(await walk(ask, 'limit=200')).toMatchObject({ items: { length: 6 }, pages: 6 });
  });

  it('leave out payloads for who may not see them', async () => {
    const { log } = await twoEvents();
    const { call } = apiUnderTest({ log });
    const asked = await call({ url: '/v1/history?type=EventReceived', as: 'auditor' });
    expect(asked.json().items[0].data.payload).toBeDefined();
    const withheld = await call({ url: '/v1/history?type=EventReceived', as: 'viewer' });
    expect(withheld.json().items[0].data).toMatchObject({ type: 'order.placed' });
    expect(withheld.json().items[0].data.payload).toBeUndefined();
    expect((await call({ url: '/v1/history', as: 'shop' })).statusCode).toBe(403);
  });

  it('show what is not as it was written, and say so', async () => {
    const { log } = await twoEvents();
    const changed = falsified(log, ({ type, data }) =>
      type === 'EventReceived' ? { data: data.replace('shop', 'bank') } : {},
    );
    const { call } = apiUnderTest({ log: changed });
    const { items, verified } = (await call({ url: '/v1/history' })).json();
    expect([items.length, verified]).toEqual([6, false]);
  });
});

describe('all histories of some time', () => {
  let made: ReturnType<typeof divide> | null = null;
  const divided = () => (made ??= divide());

  /** 200 events, a second apart, in segments of 20; the clock was an hour ahead for the 50th to the 59th. */
  async function divide() {
    const log = createInMemoryLog();
    const api = apiUnderTest({ log });
    for (let event = 0; event < 200; event++) {
      if (event === 50) api.clock.advance(3_600_000);
      if (event === 60) api.clock.advance(-3_600_000);
      await api.post({ ...order, payload: { event } }, {}, 'shop');
      api.clock.advance(1_000);
    }
    const logSegments = createSegmentsInMemory();
    const divider = createLogDivider({ log, segments: logSegments, transitionsOfASegment: 20 });
    for await (const message of log.subscribeAll(await divider.load(), { maxBatch: 10 })) {
      if (message.kind === 'caught-up') break;
      await divider.handle(message.kind === 'transitions' ? message.transitions : [], message.checkpoint);
    }
    let read = 0;
    async function* subscribeAll(...[after, options]: Parameters<EventLog['subscribeAll']>) {
      for await (const message of log.subscribeAll(after, { ...options, maxBatch: 10 })) {
        if (message.kind === 'transitions') read += message.transitions.length;
        yield message;
      }
    }
    const counted = { ...log, subscribeAll };
    const asking = (segments: LogSegmentsReader) => {
      const { call } = apiUnderTest({ log: counted, logSegments: segments });
      return async (query: string) => (await call({ url: `/v1/history?${query}`, as: 'auditor' })).json();
    };
    const readBy = async (work: () => Promise<unknown>) => {
      read = 0;
      await work();
      return read;
    };
    return { logSegments, asking, readBy };
  }

  const times = [
    'since=2030-01-01T00:03:10Z',
    'since=2030-01-01T00:02:30Z&until=2030-01-01T00:02:40Z',
    'until=2030-01-01T00:00:05Z',
    'since=2030-01-01T01:00:00Z',
    'since=2030-01-01T02:00:00Z',
  ];

  it.each(times)('are the same with segments as without: %s', async (query) => {
    const { logSegments, asking } = await divided();
    const all = await walk(asking(createSegmentsInMemory()), `limit=7&${query}`);
    expect((await walk(asking(logSegments), `limit=7&${query}`)).items).toEqual(all.items);
  });

  it('are found without reading what is long before them, whatever a clock that was ahead has recorded', async () => {
    const { logSegments, asking, readBy } = await divided();
    const late = 'since=2030-01-01T00:03:10Z';
    const without = await readBy(() => asking(createSegmentsInMemory())(late));
    // Ten are of that time, and ten more by the clock that was ahead.
    const ask = asking(logSegments);
    const page = await ask(`${late}&limit=10`);
    expect(page.items).toHaveLength(10);
    expect(without).toBe(200);
    expect(await readBy(() => ask(`${late}&limit=10&cursor=${page.nextCursor}`))).toBeLessThanOrEqual(40);
    expect(await readBy(() => ask('since=2030-01-01T02:00:00Z'))).toBeLessThanOrEqual(30);
    // Nor what is long behind them.
    const early = 'since=2030-01-01T00:00:21Z&until=2030-01-01T00:00:25Z';
    expect(await ask(early)).toMatchObject({ items: { length: 4 }, nextCursor: null });
    expect(await readBy(() => ask(early))).toBeLessThanOrEqual(50);
  });

  it('are found without segments of this log, and without a database to ask for them', async () => {
    const { logSegments, asking } = await divided();
    const ofAnotherLog = logSegments.all.map((segment) => ({
      ...segment,
      from: { ...segment.from, after: 'another/1' as Checkpoint },
      to: { ...segment.to, after: 'another/1' as Checkpoint },
    }));
    const foreign = createSegmentsInMemory();
    foreign.all.push(...ofAnotherLog);
    const query = 'since=2030-01-01T00:03:18Z&until=2030-01-01T00:30:00Z';
    expect((await asking(foreign)(query)).items).toHaveLength(2);
    const unavailable = () => Promise.reject(new ReadDatabaseUnavailable('It is stopped'));
    const segments = { ...logSegments, firstOverlapping: unavailable, last: unavailable };
    expect((await asking(segments)(query)).items).toHaveLength(2);
  });
});

describe('a cursor into all histories', () => {
  it('is refused with other filters, and by another log', async () => {
    const { ask, log } = await twoEvents();
    const { nextCursor } = await ask('limit=1');
    expect((await ask(`type=EventReceived&cursor=${nextCursor}`)).code).toBe('cursor-refused');
    const subscribeAll = () => {
      throw new CheckpointRefused('It is of another log', { position: null, isOfAnotherLog: true });
    };
    const restored = apiUnderTest({ log: { ...log, subscribeAll } });
    const answer = await restored.call({ url: `/v1/history?limit=1&cursor=${nextCursor}`, as: 'auditor' });
    expect(answer.json().code).toBe('cursor-refused');
  });
});

describe('all histories, while the read database is unavailable', () => {
  it('are listed as far as a page goes: only cursors need it', async () => {
    const { log } = await twoEvents();
    const cursorKey = () => Promise.reject(new ReadDatabaseUnavailable('It is stopped'));
    const { call } = apiUnderTest({ log, cursorKey });
    expect((await call({ url: '/v1/history' })).json().items).toHaveLength(6);
    expect((await call({ url: '/v1/history?limit=1' })).json().code).toBe('read-database-unavailable');
  });
});

describe('a log that does not answer', () => {
  it('is said to be unavailable, and not waited for', async () => {
    const { log } = await twoEvents();
    async function* subscribeAll(_: unknown, { signal }: { signal?: AbortSignal } = {}) {
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      yield* [];
    }
    const { call, clock } = apiUnderTest({ log: { ...log, subscribeAll } });
    const answer = call({ url: '/v1/history' });
    while ((await Promise.race([answer, new Promise((resolve) => setImmediate(resolve, null))])) === null)
      clock.advance(1_000);
    expect((await answer).json().code).toBe('log-unavailable');
  });
});
