import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { formatCheckpoint, parseCheckpoint } from '../../../src/adapters/eventstoredb/checkpoint.ts';
import { parseAddress } from '../../../src/adapters/eventstoredb/parse-address.ts';
import { subscribe } from '../../../src/adapters/eventstoredb/subscribe.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import type { Checkpoint, SubscriptionMessage } from '../../../src/application/ports/event-log.ts';
import type { Logger } from '../../../src/application/ports/logger.ts';
import { manualClock } from '../../support/api/manual-clock.ts';
import { caughtUp, checkpointAt, confirmation, eventAt } from '../../support/event-log/eventstoredb/answers.ts';
import { type FakeConnection, fakeConnection } from '../../support/event-log/eventstoredb/fake-connection.ts';

const DEADLINE_MS = 1_000;
const quiet: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => quiet };
const idOf = (commit: number) => `00000000-0000-4000-8000-${String(commit).padStart(12, '0')}`;
const at = (commit: number) => eventAt(commit, { id: idOf(commit) });
const place = (commit: number) => ({ commit: BigInt(commit), prepare: BigInt(commit), id: idOf(commit) });

async function settle() {
  for (let turn = 0; turn < 20; turn++) await nextTurn();
}

function openSubscription(connections: FakeConnection[], after: Checkpoint | null = null) {
  const clock = manualClock();
  const closing = new AbortController();
  const unhealthyReasons: (string | null)[] = [];
  const messages: SubscriptionMessage[] = [];
  const own = {
    address: parseAddress('esdb://log:2113?tls=false'),
    connect: async () => connections.shift() ?? new Promise<never>(() => {}),
    clock,
    random: systemRandom,
    logger: quiet,
    deadlineMs: DEADLINE_MS,
    closing: closing.signal,
    report: (unhealthyReason: string | null) => void unhealthyReasons.push(unhealthyReason),
  };
  const following = (async () => {
    for await (const message of subscribe(own, after)) messages.push(message);
  })();
  onTestFinished(async () => {
    closing.abort();
    await following;
  });
  return { clock, unhealthyReasons, messages };
}

/** Answers the reads that come before the subscription with these events, one read after the other. */
async function answerReads(connection: FakeConnection, commits: readonly number[]) {
  for (const [index, commit] of commits.entries()) {
    await settle();
    connection.reads[index]?.answer(at(commit));
    connection.reads[index]?.end();
  }
  await settle();
  return connection.reads[commits.length];
}

describe('a subscription to EventStoreDB', () => {
  it('verifies its place on the very connection on which it then subscribes after it', async () => {
    const connection = fakeConnection();
    const { messages } = openSubscription(
      [connection],
      formatCheckpoint({ logId: idOf(1), last: place(20), passed: null }),
    );
    const subscription = await answerReads(connection, [1, 20]);
    const options = subscription?.request?.getOptions();
    expect(options?.hasSubscription()).toBe(true);
    expect(options?.getAll()?.getPosition()?.toObject()).toEqual({ commitPosition: '20', preparePosition: '20' });
    for (const each of [confirmation(), at(20), at(21), caughtUp()]) subscription?.answer(each);
    await settle();
    expect(messages.map(({ kind }) => kind)).toEqual(['transitions', 'caught-up']);
  });

  it("tells a checkpoint of the server's as the event that stands there, until there are transitions again", async () => {
    const connection = fakeConnection();
    const { messages } = openSubscription([connection]);
    const subscription = await answerReads(connection, [1]);
    subscription?.answer(confirmation());
    subscription?.answer(checkpointAt(40, 0));
    await settle();
    connection.reads[2]?.answer(at(40));
    connection.reads[2]?.end();
    await settle();
    subscription?.answer(at(50));
    await settle();
    const progress = messages.map((message) => 'checkpoint' in message && parseCheckpoint(message.checkpoint));
    expect(progress).toEqual([
      { logId: idOf(1), last: null, passed: place(40) },
      { logId: idOf(1), last: place(50), passed: null },
    ]);
  });

  it('does not believe a checkpoint at which the log does not go on', async () => {
    const connection = fakeConnection();
    const { messages } = openSubscription([connection]);
    const subscription = await answerReads(connection, [1]);
    subscription?.answer(confirmation());
    subscription?.answer(checkpointAt(4_000));
    await settle();
    connection.reads[2]?.end();
    subscription?.answer(caughtUp());
    await settle();
    expect(messages).toEqual([{ kind: 'caught-up' }]);
  });

  it('goes on after what was handed over last when it breaks', async () => {
    const [first, second] = [fakeConnection(), fakeConnection()];
    const { clock } = openSubscription([first, second]);
    const subscription = await answerReads(first, [1]);
    for (const each of [confirmation(), at(20), at(30)]) subscription?.answer(each);
    await settle();
    subscription?.end();
    await settle();
    expect(first.isClosed).toBe(true);
    clock.advance(100);
    const again = await answerReads(second, [1, 30]);
    expect(again?.request?.getOptions()?.getAll()?.getPosition()?.getCommitPosition()).toBe('30');
  });

  it('is tried again when the server does not confirm it in time', async () => {
    const [first, second] = [fakeConnection(), fakeConnection()];
    const { clock, unhealthyReasons } = openSubscription([first, second]);
    expect(await answerReads(first, [1])).toBeDefined();
    clock.advance(DEADLINE_MS);
    await settle();
    expect([first.isClosed, unhealthyReasons.at(-1)]).toEqual([true, expect.stringContaining('stays silent')]);
    clock.advance(100);
    const again = await answerReads(second, [1]);
    again?.answer(confirmation());
    await settle();
    expect(unhealthyReasons.at(-1)).toBeNull();
  });

  it('waits for another server when the version of this one can skip transitions', async () => {
    const old = { ...fakeConnection(), serverVersion: async () => '24.10.4' };
    const { unhealthyReasons } = openSubscription([old]);
    await settle();
    expect(unhealthyReasons).toEqual([expect.stringContaining('24.10.4')]);
    expect(old.reads).toEqual([]);
  });

  it('ends at once while it connects, verifies or waits, when the log is closed', async () => {
    for (const connections of [[], [fakeConnection()]]) {
      const { messages } = openSubscription(connections);
      await settle();
      expect(messages).toEqual([]);
    }
  });
});
