import { describe, expect, it } from 'vitest';
import { Conversation } from '../../support/eventstoredb/conversation/conversation.ts';
import { temporaryFolder } from '../../support/eventstoredb/conversation/with-server.ts';
import { startServerProcess } from '../../support/eventstoredb/start-server-process.ts';

const ROUNDS = 2;
const WRITERS = 16;
const EVENTS_PER_APPEND = 3;

/** Appends to a stream of its own, one append after the other, until the server has gone. @returns how many were told. */
async function writeUntilGone(conversation: Conversation, stream: string): Promise<number> {
  const batch = conversation.batch();
  for (let told = 0; ; told += 1) {
    const last = told * EVENTS_PER_APPEND - 1;
    const events = Array.from({ length: EVENTS_PER_APPEND }, (_, index) => `${stream}/${last + 1 + index}`);
    const expected = last < 0 ? 'no-stream' : last;
    const answer = await batch.answerTo(batch.request({ stream, expected, events }));
    if (!('revision' in answer)) return told;
  }
}

describe('a server that is killed while many append', () => {
  it('has all that it told afterwards, each append whole, and nothing twice', async () => {
    const folder = temporaryFolder();
    const told = new Map<string, number>();
    let appends = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const server = await startServerProcess({ folder });
      const conversation = new Conversation(server.port);
      const streams = Array.from({ length: WRITERS }, (_, writer) => `round-${round}-writer-${writer}`);
      const writing = streams.map(async (stream) => {
        const count = await writeUntilGone(conversation, stream);
        told.set(stream, count);
        appends += count;
      });
      // At another moment each time: as soon as the log has reached a certain length.
      const witness = conversation.subscribe({ from: 'end' });
      await witness.until(`${streams[0]}/${(round + 1) * EVENTS_PER_APPEND * 3}`);
      await server.kill();
      await Promise.all(writing);
      conversation.close();
    }

    const server = await startServerProcess({ folder });
    const conversation = new Conversation(server.port);
    for (const [stream, count] of told) {
      const words = await conversation.read({ stream, compatibility: 0 });
      const events = words[0] === 'not-found' ? [] : words;
      expect(events).toEqual(events.map((_, revision) => `${stream}/${revision}`));
      // The last append may have been written without anyone's having been told.
      expect([count, count + 1]).toContain(events.length / EVENTS_PER_APPEND);
    }
    const all = await conversation.read({ count: 1_000_000 });
    expect(new Set(all).size).toBe(all.length);
    expect(appends).toBeGreaterThan(ROUNDS * WRITERS);
    conversation.close();
    await server.stop();
  });
});

describe('a server in another process', () => {
  it('has the append that it was told not to answer after it was killed, and knows the repeated one', async () => {
    const folder = temporaryFolder();
    const first = await startServerProcess({ folder });
    await first.faults.set({ fault: 'lose-reply', next: 1 });
    const before = new Conversation(first.port);
    const unanswered = before.append('stream', 'no-stream', ['a']);
    await first.faults.struck('lose-reply');
    await first.kill();
    expect(await unanswered).toMatchObject({ code: 'UNAVAILABLE' });
    before.close();

    const second = await startServerProcess({ folder });
    const after = new Conversation(second.port);
    expect(await after.append('stream', 'no-stream', ['a'])).toMatchObject({ revision: 0 });
    expect(await after.read({ stream: 'stream' })).toEqual(['a', 'last 0']);
    after.close();
    expect(await second.stop()).toBe(0);
  });
});
