import { expect, it } from 'vitest';
import type { Checkpoint, EventLog, RecordedTransition } from '../../../../src/application/ports/event-log.ts';
import { endOf, follow, isCaughtUp, readLog, transitionsOf } from '../../../support/event-log/follow.ts';
import { appendAll, newStream, request, transitions } from '../../../support/event-log/transitions.ts';
import type { Clause } from '../clause.ts';

const LENGTH = 40;

/** Effects and checkpoint as a consumer without a transaction keeps them: one after the other. */
interface Consumer {
  readonly effects: RecordedTransition[];
  checkpoint: Checkpoint | null;
}

/** Takes two transitions and dies at the second, before its effect or between the effect and its checkpoint. */
async function liveAndDie(log: EventLog, consumer: Consumer, stream: string, hasEffect: boolean): Promise<void> {
  const follower = follow(log, consumer.checkpoint, { streamPrefixes: [stream], maxBatch: 1 });
  for (let taken = 0; taken < 2; ) {
    const message = await follower.next();
    // It is slow: the log goes on while it works.
    await appendAll(log, [request({ stream: newStream('meanwhile') })]);
    if (message === null || message.kind === 'caught-up') break;
    if (message.kind === 'transitions') {
      taken += 1;
      if (taken === 1 || hasEffect) consumer.effects.push(...message.transitions);
    }
    if (taken < 2) consumer.checkpoint = message.checkpoint;
  }
  await follower.end();
}

export const resuming: Clause = {
  title: 'a subscriber that comes back',
  define({ log, newPlace }) {
    it('goes on after its checkpoint, not at it', async () => {
      const stream = newStream();
      await appendAll(log(), [request({ stream, transitions: transitions(5) })]);
      const follower = follow(log(), null, { streamPrefixes: [stream], maxBatch: 2 });
      const messages = await follower.until(isCaughtUp);
      await follower.end();
      let seen = 0;
      for (const message of messages) {
        if (message.kind !== 'transitions') continue;
        seen += message.transitions.length;
        const rest = await readLog(log(), message.checkpoint, { streamPrefixes: [stream] });
        expect(rest.map((each) => Number(each.revision))).toEqual([0, 1, 2, 3, 4].slice(seen));
      }
      expect(seen).toBe(5);
      expect(await readLog(log(), await endOf(log()), { streamPrefixes: [stream] })).toEqual([]);
    });

    it.each([
      ['before an effect', false],
      ['between an effect and its checkpoint', true],
    ])(`skips nothing, slow as it is, and killed %s at each of ${LENGTH} transitions`, async (_, hasEffect) => {
      const stream = newStream();
      await appendAll(log(), [request({ stream, transitions: transitions(LENGTH) })]);
      const consumer: Consumer = { effects: [], checkpoint: null };
      // Each life gets one transition further.
      for (let lives = 0; lives < LENGTH; lives++) await liveAndDie(log(), consumer, stream, hasEffect);
      const revisions = consumer.effects.map((each) => Number(each.revision));
      expect([...new Set(revisions)]).toEqual(Array.from({ length: LENGTH }, (__, index) => index));
      expect(revisions).toHaveLength(hasEffect ? 2 * LENGTH - 1 : LENGTH);
    });

    it('is known after the log was closed and opened again', async () => {
      const place = await newPlace();
      const first = await place.open();
      await appendAll(first, [request({ transitions: transitions(3) })]);
      const checkpoint = await endOf(first);
      await first.close();
      const second = await place.open();
      await second.verifyCheckpoint(checkpoint);
      const follower = follow(second, checkpoint);
      expect(transitionsOf(await follower.until(isCaughtUp))).toEqual([]);
      const next = request();
      await appendAll(second, [next]);
      expect((await follower.transitions(1)).map(({ stream }) => stream)).toEqual([next.stream]);
      await follower.end();
      await second.close();
    });
  },
};
