import { describe, expect, it } from 'vitest';
import { defaultLimits, type Limits } from '../../../../src/api/limits.ts';
import type { LiveReader } from '../../../../src/api/live-stream/live-reader.ts';
import { createLiveStreams, type Refusal } from '../../../../src/api/live-stream/live-streams.ts';
import { placeOfText, textOfPlace } from '../../../../src/api/live-stream/places.ts';
import type { TransitionMessage } from '../../../../src/api/live-stream/transition-message.ts';
import { eventIdOf } from '../../../../src/application/event-identity.ts';
import type { LogPlace } from '../../../../src/application/ports/log-segments.ts';
import { BEGINNING } from '../../../../src/application/read-transitions.ts';
import { eventLife } from '../../../support/api/event-life.ts';
import { liveMessages } from '../../../support/api/live-messages.ts';
import { manualClock } from '../../../support/api/manual-clock.ts';
import { createInMemoryLog } from '../../../support/in-memory-log.ts';
import { silentLogger } from '../../../support/worker/silent-logger.ts';

const key = Buffer.alloc(32, 'key');
const idOf = (place: LogPlace) => textOfPlace(place, key);

function setUp(limits: Partial<Limits> = {}) {
  const inner = createInMemoryLog();
  const subscriptions = { open: 0 };
  const log = {
    ...inner,
    async *subscribeAll(...given: Parameters<typeof inner.subscribeAll>) {
      subscriptions.open++;
      try {
        yield* inner.subscribeAll(...given);
      } finally {
        subscriptions.open--;
      }
    },
  };
  const clock = manualClock();
  const streams = createLiveStreams({ log, clock, logger: silentLogger, limits: { ...defaultLimits, ...limits } });
  let received = 0;
  const post = async (count = 1) => {
    for (let left = count; left > 0; left--) await eventLife(log, clock, eventIdOf('shop', `${received++}`)).receive();
  };
  const tryToOpen = (asked: Partial<Parameters<typeof streams.open>[0]> = {}) =>
    streams.open({
      ...{ from: null, recent: 0, recentFrom: BEGINNING, clientId: 'shop', isWanted: () => true, idOf },
      ...{ isStillLetIn: async () => true, signal: new AbortController().signal },
      ...asked,
    });
  const open = async (asked: Parameters<typeof tryToOpen>[0] = {}) => {
    const reader = await tryToOpen(asked);
    if (typeof reader === 'string') throw new Error(reader);
    return { reader, messages: liveMessages(reader.text) };
  };
  return { log: inner, clock, streams, subscriptions, post, tryToOpen, open };
}

const positionsOf = (messages: readonly { readonly data: string }[]) =>
  messages.map(({ data }) => Number((JSON.parse(data) as TransitionMessage).position));
const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);
const settle = () => new Promise((resolve) => setImmediate(resolve));
const isReader = (opened: LiveReader | Refusal) => typeof opened !== 'string';

describe('a live stream', () => {
  it('begins at the head of the log', async () => {
    const { post, open } = setUp();
    await post(3);
    const { messages } = await open();
    expect(await messages.next()).toMatchObject({ event: 'caught-up' });
    await post(2);
    expect(positionsOf(await messages.take(2))).toEqual([3, 4]);
  });

  it.each([1, 2, 3])('loses and doubles nothing over reconnects after %i messages, beside posts', async (every) => {
    const { post, open } = setUp();
    const seen: number[] = [];
    let from: LogPlace | null = null;
    await post(1);
    for (let turn = 0; turn < 6; turn++) {
      const gone: AbortController = new AbortController();
      const { messages } = await open({ from: from ?? BEGINNING, signal: gone.signal });
      const posting = post(every + 1);
      while (seen.length < (turn + 1) * every) {
        const message = await messages.next();
        if (message?.event !== 'message') continue;
        seen.push(...positionsOf([message]));
        from = placeOfText(message.id, key);
      }
      await posting;
      gone.abort();
    }
    expect(seen).toEqual(upTo(6 * every));
  });

  it('gives a reader that comes from further back what the others get, once it is where they are', async () => {
    const { post, open, subscriptions } = setUp();
    await post(5);
    const first = await open();
    const second = await open({ from: BEGINNING });
    expect(positionsOf(await second.messages.take(5))).toEqual(upTo(5));
    expect(await second.messages.next()).toMatchObject({ event: 'caught-up' });
    await settle();
    expect(subscriptions.open).toBe(1);
    await post(2);
    expect(positionsOf(await second.messages.take(2))).toEqual([5, 6]);
    expect(positionsOf((await first.messages.take(3)).slice(1))).toEqual([5, 6]);
  });

  it.each([1, 2, 3])('begins with the last %i of what is wanted', async (recent) => {
    const { post, open } = setUp();
    await post(9);
    const { messages } = await open({ recent, isWanted: ({ position }) => Number(position) % 2 === 0 });
    expect(positionsOf(await messages.take(recent))).toEqual([4, 6, 8].slice(-recent));
    expect(await messages.next()).toMatchObject({ event: 'caught-up' });
  });

  it('goes on from a heartbeat behind what it does not want', async () => {
    const { post, open, clock } = setUp({ liveStreamHeartbeatMs: 5 });
    const { messages } = await open({ isWanted: ({ position }) => position === '4' });
    await messages.next();
    await post(3);
    await settle();
    clock.advance(5);
    await settle();
    await post(2);
    const [found] = await messages.take(1);
    expect(found && placeOfText(found.id, key)?.position).toBe(4n);
  });

  it('is refused for a place of another log', async () => {
    const other = setUp();
    await other.post(2);
    const head = await other.log.head();
    const { post, tryToOpen } = setUp();
    await post(1);
    const from = { after: head?.checkpoint ?? null, position: head?.position ?? 0n };
    expect(await tryToOpen({ from })).toBe('place-refused');
  });

  it('is refused while the log does not answer', async () => {
    const { log, clock, tryToOpen, subscriptions } = setUp();
    await log.close();
    const opening = tryToOpen();
    await settle();
    clock.advance(defaultLimits.liveStreamBeginMs);
    expect(await opening).toBe('log-unavailable');
    expect(subscriptions.open).toBe(0);
  });

  it.each([1, 2, 3])('of one client is refused beyond %i, until one ends', async (liveStreamsOfOneClient) => {
    const { tryToOpen } = setUp({ liveStreamsOfOneClient, liveStreams: 10 });
    const gone = new AbortController();
    await tryToOpen({ signal: gone.signal });
    for (let more = 1; more < liveStreamsOfOneClient; more++) expect(isReader(await tryToOpen())).toBe(true);
    expect(await tryToOpen()).toBe('share-used-up');
    expect(isReader(await tryToOpen({ clientId: 'other' }))).toBe(true);
    gone.abort();
    expect(isReader(await tryToOpen())).toBe(true);
  });

  it.each([1, 2, 3])('is refused beyond %i in all', async (liveStreams) => {
    const { tryToOpen } = setUp({ liveStreams });
    for (let each = 0; each < liveStreams; each++)
      expect(isReader(await tryToOpen({ clientId: `${each}` }))).toBe(true);
    expect(await tryToOpen({ clientId: 'one more' })).toBe('full');
  });

  it('that is not read is ended with a message, and others go on', async () => {
    const { post, open } = setUp({ liveStreamBytes: 3_000 });
    const slow = await open();
    const fast = await open();
    await fast.messages.next();
    for (let turn = 0; turn < 20; turn++) {
      await post();
      expect(positionsOf(await fast.messages.take(1))).toEqual([turn]);
    }
    const left: (string | undefined)[] = [];
    for (let message = await slow.messages.next(); message; message = await slow.messages.next())
      left.push(message.event === 'ended' ? JSON.parse(message.data).code : message.event);
    expect(left.length).toBeLessThan(10);
    expect(left.at(-1)).toBe('reader-too-slow');
  });

  it('that catches up is read no faster than it is taken, and not ended for that', async () => {
    const { post, open } = setUp({ liveStreamBytes: 3_000 });
    await post(200);
    const { messages } = await open({ from: BEGINNING });
    await settle();
    expect(positionsOf(await messages.take(200))).toEqual(upTo(200));
  });

  it('ends when its token is no longer taken', async () => {
    const { open, clock } = setUp({ liveStreamHeartbeatMs: 5 });
    const { messages } = await open({ isStillLetIn: async () => false });
    await messages.next();
    clock.advance(5);
    expect(await messages.next()).toMatchObject({ event: 'ended', data: expect.stringContaining('unauthenticated') });
    expect(await messages.next()).toBeNull();
  });

  it('ends when the server closes, and none begins after that', async () => {
    const { open, streams, tryToOpen, subscriptions } = setUp();
    const { messages } = await open();
    await messages.next();
    streams.close();
    expect(await messages.next()).toMatchObject({ event: 'ended', data: expect.stringContaining('shutting-down') });
    expect(await messages.next()).toBeNull();
    expect(await tryToOpen()).toBe('closing');
    await settle();
    expect(subscriptions.open).toBe(0);
  });
});
