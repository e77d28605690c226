import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { follow, isCaughtUp } from '../../../support/event-log/follow.ts';
import { appendAll, fill, request } from '../../../support/event-log/transitions.ts';
import { type Clause, count, size } from '../clause.ts';

const APPENDED = size(40_000, 1_000_000);
const DATA_CHARACTERS = 2_000;
const MAX_HELD_BYTES = 40 * 1024 * 1024;

/** What is still in use after a collection, in this thread and in what it holds outside V8's heap. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export const backpressure: Clause = {
  title: 'a consumer that stands still',
  define({ newPlace }) {
    it(`makes nobody hold ${count(APPENDED)} transitions of ${count(DATA_CHARACTERS)} bytes for it`, async () => {
      const place = await newPlace();
      const log = await place.open();
      const follower = follow(log);
      await follower.until(isCaughtUp);
      await appendAll(log, [request()]);
      expect(await follower.transitions(1)).toHaveLength(1);

      const before = memoryInUse();
      await fill(log, APPENDED, { data: JSON.stringify('x'.repeat(DATA_CHARACTERS - 2)), size: 20 });
      // What was only on its way is let go a moment later; what is held for the consumer stays.
      await expect.poll(() => memoryInUse() - before, { timeout: 10_000 }).toBeLessThan(MAX_HELD_BYTES);

      let last = 1n;
      for (let seen = 0; seen < APPENDED; ) {
        const message = await follower.next();
        if (message?.kind !== 'transitions') continue;
        seen += message.transitions.length;
        for (const { position } of message.transitions) {
          expect(position > last).toBe(true);
          last = position;
        }
      }
      await follower.end();
      await log.close();
    });
  },
};
