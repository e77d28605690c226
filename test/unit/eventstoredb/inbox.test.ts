import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Inbox, type Taken } from '../../../src/adapters/eventstoredb/inbox.ts';
import { caughtUp, checkpointAt, confirmation, eventAt } from '../../support/event-log/eventstoredb/answers.ts';
import { fakeRead } from '../../support/event-log/eventstoredb/fake-connection.ts';

function openInbox(after: number | null = null, streamPrefixes?: readonly string[]) {
  const call = fakeRead();
  const place = after === null ? null : { commit: BigInt(after), prepare: BigInt(after) };
  return { call, inbox: new Inbox(call.stream, place, streamPrefixes) };
}

const shown = (taken: Taken | null) => {
  if (taken?.kind === 'transitions') return taken.transitions.map(({ position }) => Number(position));
  return taken?.kind === 'checkpoint' ? `up to ${taken.where.commit}` : (taken?.kind ?? null);
};

function takeAll(inbox: Inbox, maxBatch = 100) {
  const all: unknown[] = [];
  for (let taken = inbox.take(maxBatch); taken; taken = inbox.take(maxBatch)) all.push(shown(taken));
  return all;
}

describe('what arrives on a subscription', () => {
  it('is taken in batches of what is there', async () => {
    const { call, inbox } = openInbox();
    for (let commit = 1; commit <= 5; commit++) call.answer(eventAt(commit));
    await inbox.filled();
    expect(takeAll(inbox, 2)).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('makes a checkpoint or caught-up wait for the transitions that arrived before it', async () => {
    const { call, inbox } = openInbox();
    for (const each of [eventAt(1), checkpointAt(5), caughtUp(), eventAt(6), checkpointAt(9), eventAt(10)])
      call.answer(each);
    await inbox.filled();
    expect(takeAll(inbox)).toEqual([[1], 'up to 5', 'caught-up', [6, 10]]);
  });

  it('keeps a checkpoint for later where a batch ends before it', async () => {
    const { call, inbox } = openInbox();
    for (const each of [eventAt(1), eventAt(2), checkpointAt(7)]) call.answer(each);
    await inbox.filled();
    expect(shown(inbox.take(1))).toEqual([1]);
    expect(shown(inbox.take(1))).toEqual([2]);
    await inbox.filled();
    expect(shown(inbox.take(1))).toBe('up to 7');
    expect(inbox.take(1)).toBeNull();
  });

  it('leaves out checkpoints that tell no more than the transitions before them', async () => {
    const { call, inbox } = openInbox(3);
    for (const each of [
      checkpointAt(3),
      checkpointAt(3, 0),
      eventAt(4),
      checkpointAt(4, 0),
      checkpointAt(4),
      caughtUp(),
    ])
      call.answer(each);
    await inbox.filled();
    expect(takeAll(inbox)).toEqual([[4], 'caught-up']);
  });

  it('leaves out what was handed over before, which a place with prepare 0 brings again', async () => {
    const { call, inbox } = openInbox(3);
    for (const each of [eventAt(3), eventAt(4), eventAt(4), eventAt(2), eventAt(5)]) call.answer(each);
    await inbox.filled();
    expect(takeAll(inbox)).toEqual([[4, 5]]);
  });

  it("leaves out EventStoreDB's own events, links and other streams", async () => {
    const { call, inbox } = openInbox(null, ['event-']);
    call.answer(eventAt(1, { stream: '$stats-0' }));
    call.answer(eventAt(2, { type: '$>' }));
    call.answer(eventAt(3, { type: '$metadata' }));
    call.answer(eventAt(4, { stream: 'other-1' }));
    call.answer(eventAt(5));
    await inbox.filled();
    expect(takeAll(inbox)).toEqual([[5]]);
  });

  it('stops the server when too many wait, and lets it go on when half of them are gone', async () => {
    const { call, inbox } = openInbox();
    for (let commit = 1; commit <= 4_200; commit++) call.answer(eventAt(commit));
    while (!call.stream.isPaused()) await nextTurn();
    expect(shown(inbox.take(5_000))).toHaveLength(4_096);
    expect(call.stream.isPaused()).toBe(false);
    while (inbox.take(1) === null) await nextTurn();
  });

  it('stops the server when too much waits, however few they are', async () => {
    const { call, inbox } = openInbox();
    const data = 'x'.repeat(1024 * 1024);
    for (let commit = 1; commit <= 12; commit++) call.answer(eventAt(commit, { data }));
    while (!call.stream.isPaused()) await nextTurn();
    expect(shown(inbox.take(1_000))).toHaveLength(8);
  });

  it('is confirmed first, and an end before that is told', async () => {
    const good = openInbox();
    good.call.answer(confirmation());
    await expect(good.inbox.confirmed).resolves.toBeUndefined();
    const bad = openInbox();
    bad.call.fail(new Error('7 PERMISSION_DENIED: Access Denied'));
    await expect(bad.inbox.confirmed).rejects.toThrow('Access Denied');
  });

  it.each([
    ['an error', 'Connection dropped'],
    ['a clean end, which is none for a subscription', 'the subscription was ended by the server'],
  ])('is handed over before %s is told', async (kind, message) => {
    const { call, inbox } = openInbox();
    call.answer(eventAt(1));
    await inbox.filled();
    if (kind === 'an error') call.fail(new Error(message));
    else call.end();
    expect(takeAll(inbox)).toEqual([[1]]);
    await expect(inbox.filled()).rejects.toThrow(message);
  });
});
