import { expect, it } from 'vitest';
import type { SubscriptionMessage } from '../../../../src/application/ports/event-log.ts';
import { follow, isCaughtUp, readLog, transitionsOf } from '../../../support/event-log/follow.ts';
import { appendAll, fill, newStream, request } from '../../../support/event-log/transitions.ts';
import { type Clause, count } from '../clause.ts';

const OTHERS = 10_000;

const lastCheckpoint = (messages: readonly SubscriptionMessage[]) =>
  messages.flatMap((message) => (message.kind === 'caught-up' ? [] : [message.checkpoint])).at(-1) ?? null;

const streamsOf = (messages: readonly SubscriptionMessage[]) => transitionsOf(messages).map(({ stream }) => stream);

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
      const streams = (await readLog(log(), null, { streamPrefixes: [prefix] })).map(({ stream }) => stream);
      expect(streams.sort()).toEqual(wanted.sort());
    });

    it.each([1, 2, 3])(
      'of several prefixes gets each of their transitions once and in order, behind and live, %i at a time',
      async (maxBatch) => {
        const own = newStream('several');
        // One that another begins with, one twice, and one that nothing begins with.
        const streamPrefixes = [`${own}-a`, `${own}-ab`, `${own}-c😀`, `${own}-a`, `${own}-d`];
        const isWanted = ({ stream }: { readonly stream: string }) => /-(?<!x-)(?:a|ab|ax|c😀)-\d-\d$/u.test(stream);
        const appendRound = async (round: number) => {
          for (const [index, name] of ['a', 'b', 'ab', 'c', 'x-a', 'c😀', 'ax', 'c😁', 'b'].entries())
            await appendAll(log(), [request({ stream: `${own}-${name}-${round}-${index}` })]);
        };
        await appendRound(1);
        await appendRound(2);
        // More than a log may have in memory.
        await fill(log(), 200);
        const follower = follow(log(), null, { streamPrefixes, maxBatch });
        const messages = [...(await follower.until(isCaughtUp))];
        await appendRound(3);
        for (let live = 0; live < 4; ) {
          const message = await follower.next();
          if (message === null) throw new Error('The subscription ended too early');
          messages.push(message);
          live += transitionsOf([message]).length;
        }
        await follower.end();

        const wanted = (await readLog(log(), null, { streamPrefixes: [own] })).filter(isWanted);
        expect(wanted).toHaveLength(12);
        expect(transitionsOf(messages)).toEqual(wanted);
        let seen = 0;
        for (const message of messages) {
          if (message.kind === 'caught-up') continue;
          const got = transitionsOf([message]).length;
          expect(got).toBeLessThanOrEqual(maxBatch);
          seen += got;
          const rest = await readLog(log(), message.checkpoint, { streamPrefixes, maxBatch });
          expect(rest).toEqual(wanted.slice(seen));
        }
      },
    );

    it('of no prefix at all gets nothing', async () => {
      await appendAll(log(), [request()]);
      expect(await readLog(log(), null, { streamPrefixes: [] })).toEqual([]);
    });

    it(`moves its checkpoint over ${count(OTHERS)} transitions that do not concern it`, async () => {
      const place = await newPlace();
      const own = await place.open();
      const streamPrefixes = [newStream('wanted'), newStream('wanted')];
      const streams = streamPrefixes.map((prefix) => `${prefix}-1`);
      await fill(own, OTHERS);
      for (const stream of streams) await appendAll(own, [request({ stream })]);
      await fill(own, OTHERS);

      const follower = follow(own, null, { streamPrefixes });
      const messages = await follower.until(isCaughtUp);
      expect(streamsOf(messages)).toEqual(streams);
      const remaining = (await readLog(own, lastCheckpoint(messages))).length;
      expect(remaining).toBeLessThan(OTHERS / 2);

      await fill(own, OTHERS);
      const live = await follower.until(({ kind }) => kind === 'checkpoint');
      expect((await readLog(own, lastCheckpoint(live))).length).toBeLessThan(remaining + OTHERS);
      await follower.end();
      await own.close();
    });

    it('never moves its checkpoint ahead of what concerns it', async () => {
      const streamPrefixes = [newStream('wanted'), newStream('wanted')];
      for (const prefix of [...streamPrefixes, ...streamPrefixes]) {
        await fill(log(), 2_500);
        await appendAll(log(), [request({ stream: newStream(prefix) })]);
      }
      const follower = follow(log(), null, { streamPrefixes });
      const messages = await follower.until(isCaughtUp);
      await follower.end();
      let seen = 0;
      for (const message of messages) {
        if (message.kind === 'caught-up') continue;
        seen += message.kind === 'transitions' ? message.transitions.length : 0;
        expect(await readLog(log(), message.checkpoint, { streamPrefixes })).toHaveLength(4 - seen);
      }
      expect(seen).toBe(4);
    });
  },
};
