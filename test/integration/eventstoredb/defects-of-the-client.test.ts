import { describe, expect, it } from 'vitest';
import { revision } from '../../../src/application/ports/event-log.ts';
import { logForTest, serverAndLog, serverForTest } from '../../support/event-log/eventstoredb/with-server.ts';
import { follow, isCaughtUp, readLog } from '../../support/event-log/follow.ts';
import {
  appendAll,
  appended,
  appendUntilKnown,
  conflict,
  fill,
  kindOf,
  newStream,
  request,
  transition,
  transitions,
} from '../../support/event-log/transitions.ts';

/** As docs/adr/0021 lists them. */
describe('what is wrong with the client of EventStoreDB is not wrong with the adapter', () => {
  it('A: a checkpoint, and caught-up, come after the transitions before them, however slow the consumer is', async () => {
    const { log } = await serverAndLog();
    const streamPrefix = newStream('wanted');
    for (let round = 0; round < 4; round++) {
      await appendAll(log, [request({ stream: `${streamPrefix}-${round}` })]);
      await fill(log, 2_500);
    }
    const follower = follow(log, null, { streamPrefixes: [streamPrefix], maxBatch: 1 });
    // Everything has arrived before the first message is taken.
    await readLog(log);
    let seen = 0;
    for (const message of await follower.until(isCaughtUp)) {
      if (message.kind === 'transitions') seen += message.transitions.length;
      if (message.kind === 'checkpoint')
        expect(await readLog(log, message.checkpoint, { streamPrefixes: [streamPrefix] })).toHaveLength(4 - seen);
    }
    expect(seen).toBe(4);
    await follower.end();
  });

  it('B: a consumer that fails at a checkpoint stops nothing: it subscribes again and goes on', async () => {
    const { log } = await serverAndLog();
    const streamPrefix = newStream('wanted');
    await fill(log, 5_000);
    const failing = (async () => {
      for await (const { kind } of log.subscribeAll(null, { streamPrefixes: [streamPrefix] }))
        if (kind === 'checkpoint') throw new Error('no database');
    })();
    await expect(failing).rejects.toThrow('no database');
    await appendAll(log, [request({ stream: streamPrefix })]);
    expect(await readLog(log, null, { streamPrefixes: [streamPrefix] })).toHaveLength(1);
  });

  it('C: a conflict tells the revision at which the stream really is', async () => {
    const { log } = await serverAndLog();
    const first = request({ transitions: transitions(8) });
    await appendAll(log, [first]);
    const stale = { ...first, expectedRevision: revision(2), transitions: [transition()] };
    expect(await log.append(stale)).toEqual(conflict(7));
  });

  it('D: one call that fails while we connect is not remembered: later appends succeed', async () => {
    const server = await serverForTest();
    await server.faults.set({ fault: 'fail', code: 13, next: 1, calls: ['features'] });
    const log = logForTest(server.url);
    expect(await appendUntilKnown(log, request())).toEqual(appended(0));
  });

  it("E: an error on one log's connection is nothing to another log in the process", async () => {
    const [one, other] = [await serverForTest(), await serverForTest()];
    const [here, there] = [logForTest(one.url), logForTest(other.url)];
    await appendAll(here, [request()]);
    await appendAll(there, [request()]);
    await one.faults.set({ fault: 'delay', delayMs: 100 });
    await other.faults.set({ fault: 'lose-reply' });
    const inFlight = [here.append(request()), here.append(request())];
    const lost = there.append(request());
    await other.faults.struck('lose-reply');
    await other.faults.dropConnections();
    expect((await lost).kind).toBe('unknown');
    expect(await Promise.all(inFlight)).toEqual([appended(0), appended(0)]);
  });

  it('F: what cannot be written down is refused at once, and no later append waits behind it', async () => {
    const { log } = await serverAndLog();
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    const outcomes = await log.appendMany([
      request({ transitions: [transition({ data: cycle as never })] }),
      request({ transitions: [transition({ metadata: 10n as never })] }),
      request(),
    ]);
    expect(outcomes.map(kindOf)).toEqual(['refused: invalid', 'refused: invalid', 'appended']);
  });

  it('G, J: a server that does not answer, or does not even read, leaves no append open', async () => {
    const server = await serverForTest();
    const log = logForTest(server.url, { deadlineMs: 300 });
    await appendAll(log, [request()]);
    await server.faults.set({ fault: 'black-hole' });
    const large = () => request({ transitions: [transition({ data: 'x'.repeat(250_000) })] });
    const outcomes = await log.appendMany(Array.from({ length: 60 }, large));
    for (const outcome of outcomes) expect(['unknown', 'refused: unavailable']).toContain(kindOf(outcome));
    await server.faults.lift();
    expect(await appendUntilKnown(log, request())).toEqual(appended(0));
  });

  it('I: a server that is busy or starts says that nothing was written, and so do we', async () => {
    const { server, log } = await serverAndLog();
    for (const fault of ['server-busy', 'not-ready'] as const) {
      await server.faults.set({ fault, next: 1, calls: ['append'] });
      const met = request();
      expect(kindOf(await log.append(met))).toBe('refused: unavailable');
      expect(await log.readStream(met.stream)).toEqual([]);
      expect(await log.append(met)).toEqual(appended(0));
    }
  });

  it('K: a subscription that the server just ends goes on where it was', async () => {
    const { server, log } = await serverAndLog();
    const follower = follow(log);
    await appendAll(log, [request()]);
    await follower.transitions(1);
    for (let round = 0; round < 3; round++) {
      await server.faults.subscribed(1);
      expect(await server.faults.endSubscriptions('complete')).toBe(1);
      const next = request({ transitions: transitions(2) });
      await appendAll(log, [next]);
      const seen = await follower.transitions(2);
      expect(seen.map(({ id }) => id)).toEqual(next.transitions.map(({ id }) => id));
    }
    await follower.end();
  });
});
