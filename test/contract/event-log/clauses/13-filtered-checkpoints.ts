import { expect, it } from 'vitest';
import type { SubscriptionMessage } from '../../../../src/application/ports/event-log.ts';
import { follow, isCaughtUp, readLog, transitionsOf } from '../../../support/event-log/follow.ts';
import { appendAll, fill, newStream, request } from '../../../support/event-log/transitions.ts';
import { type Clause, count } from '../clause.ts';

const OTHERS = 10_000;

const lastCheckpoint = (messages: readonly SubscriptionMessage[]) =>
  messages.flatMap((message) => (message.kind === 'caught-up' ? [] : [message.checkpoint])).at(-1) ?? null;

export const filteredCheckpoints: Clause = {
  title: 'a filtered subscription',
  define({ log, newPlace }) {
    it('gets the streams with its prefix and no others', async () => {
      const prefix = newStream('Ä_%*[prefix]');
      const wanted = [`${prefix}-a`, `${prefix}-b`, `${prefix}😀`];
      const others = [prefix.slice(0, -1), prefix.toUpperCase(), `x${prefix}`];
      await appendAll(
        log(),
        [...others, ...wanted].map((stream) => request({ stream })),
      );
      const streams = (await readLog(log(), null, { streamPrefix: prefix })).map(({ stream }) => stream);
      expect(streams.sort()).toEqual(wanted.sort());
    });

    it(`moves its checkpoint over ${count(OTHERS)} transitions that do not concern it`, async () => {
      const place = await newPlace();
      const own = await place.open();
      const streamPrefix = newStream('wanted');
      await fill(own, OTHERS);
      await appendAll(own, [request({ stream: `${streamPrefix}-1` })]);
      await fill(own, OTHERS);

      const follower = follow(own, null, { streamPrefix });
      const messages = await follower.until(isCaughtUp);
      expect(transitionsOf(messages).map(({ stream }) => stream)).toEqual([`${streamPrefix}-1`]);
      const remaining = (await readLog(own, lastCheckpoint(messages))).length;
      expect(remaining).toBeLessThan(OTHERS / 2);

      await fill(own, OTHERS);
      const live = await follower.until(({ kind }) => kind === 'checkpoint');
      expect((await readLog(own, lastCheckpoint(live))).length).toBeLessThan(remaining + OTHERS);
      await follower.end();
      await own.close();
    });

    it('never moves its checkpoint ahead of what concerns it', async () => {
      const streamPrefix = newStream('wanted');
      for (let round = 0; round < 3; round++) {
        await fill(log(), 2_500);
        await appendAll(log(), [request({ stream: `${streamPrefix}-${round}` })]);
      }
      const follower = follow(log(), null, { streamPrefix });
      const messages = await follower.until(isCaughtUp);
      await follower.end();
      let seen = 0;
      for (const message of messages) {
        if (message.kind === 'caught-up') continue;
        seen += message.kind === 'transitions' ? message.transitions.length : 0;
        expect(await readLog(log(), message.checkpoint, { streamPrefix })).toHaveLength(3 - seen);
      }
      expect(seen).toBe(3);
    });
  },
};
