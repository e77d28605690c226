import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { EventLog } from '../../../../src/application/ports/event-log.ts';
import { follow, isCaughtUp, readLog, transitionsOf } from '../../../support/event-log/follow.ts';
import { appendAll, appendUntilKnown, fill, newStream, request } from '../../../support/event-log/transitions.ts';
import { able, type Clause } from '../clause.ts';
import type { LogPlace } from '../harness.ts';

/** What can happen on the way to a server. */
const ofConnections = ['error', 'clean end', 'not leader', 'half-open'];

/** Appends before, during and after: every one of them reaches a live subscriber once and in order. */
async function survives(log: EventLog, name: string, interrupt: () => Promise<void>): Promise<void> {
  const streamPrefix = newStream('survivor');
  const streams = [`${streamPrefix}-before`, `${streamPrefix}-during`, `${streamPrefix}-after`] as const;
  const follower = follow(log, null, { streamPrefixes: [streamPrefix] });
  await appendAll(log, [request({ stream: streams[0] })]);
  await follower.until(isCaughtUp);

  const [outcome] = await Promise.all([appendUntilKnown(log, request({ stream: streams[1] })), interrupt()]);
  expect([name, outcome.kind]).toEqual([name, 'appended']);
  expect((await appendUntilKnown(log, request({ stream: streams[2] }))).kind).toBe('appended');

  const seen = (await follower.transitions(2)).map(({ stream }) => stream);
  expect([name, ...seen]).toEqual([name, ...streams.slice(1)]);
  expect((await readLog(log, null, { streamPrefixes: [streamPrefix] })).map(({ stream }) => stream)).toEqual(streams);
  await follower.end();
}

/** All that the harness can do, one after the other, to one log. */
async function survivesAll(place: LogPlace, isMeant: (name: string) => boolean): Promise<void> {
  const meant = Object.entries(able(place.interruptions)).filter(([name]) => isMeant(name));
  expect(meant).not.toEqual([]);
  const log = await place.open();
  for (const [name, interrupt] of meant) await survives(log, name, interrupt);
  await log.close();
}

export const interruptions: Clause = {
  title: 'a live subscription',
  define({ newPlace, itNeeding }) {
    itNeeding('interruptions', 'goes on by itself, without a loss, whatever happens to the log', async () => {
      await survivesAll(await newPlace(), (name) => !ofConnections.includes(name));
    });

    itNeeding('connection', `goes on by itself, without a loss, after: ${ofConnections.join(', ')}`, async () => {
      const place = await newPlace();
      expect(Object.keys(able(place.interruptions))).toEqual(expect.arrayContaining(ofConnections));
      await survivesAll(place, (name) => ofConnections.includes(name));
    });

    it('says caught-up after everything earlier was handed over', async () => {
      const place = await newPlace();
      const log = await place.open();
      await fill(log, 3_000);
      // Somebody appends all the time: the end that is caught up with moves.
      const stop = new AbortController();
      const appending = (async () => {
        while (!stop.signal.aborted) await appendAll(log, [request()]);
      })();
      const follower = follow(log, null, { maxBatch: 100 });
      const messages = await follower.until(isCaughtUp);
      stop.abort();
      await appending;
      await follower.end();
      expect(transitionsOf(messages).length).toBeGreaterThanOrEqual(3_000);
      await log.close();
    });

    itNeeding('separation', 'says caught-up in an empty log, and then what comes', async () => {
      const place = await newPlace();
      const log = await place.open();
      const follower = follow(log);
      expect(await follower.next()).toEqual({ kind: 'caught-up' });
      const first = request();
      const [transitions] = await Promise.all([follower.transitions(1), nextTurn().then(() => log.append(first))]);
      expect(transitions.map(({ id }) => id)).toEqual(first.transitions.map(({ id }) => id));
      await follower.end();
      await log.close();
    });
  },
};
