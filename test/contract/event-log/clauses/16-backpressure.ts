import { expect, it } from 'vitest';
import { PAGE_CHARACTERS, type RecordedTransition, revision } from '../../../../src/application/ports/event-log.ts';
import { follow, isCaughtUp } from '../../../support/event-log/follow.ts';
import { appendAll, fill, newStream, request, transitions } from '../../../support/event-log/transitions.ts';
import { memoryInUse } from '../../../support/memory-in-use.ts';
import { type Clause, count, size } from '../clause.ts';

const APPENDED = size(40_000, 1_000_000);
const DATA_CHARACTERS = 2_000;
const MAX_HELD_BYTES = 40 * 1024 * 1024;

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

      let last = 0n;
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

    it('is given a stream in pages that are bounded, and no other than it asks for', async () => {
      const { open } = await newPlace();
      const log = await open();
      const stream = newStream();
      const data = JSON.stringify('x'.repeat(250_000));
      for (let next = 0; next < 30; next += 3) {
        const expectedRevision = next === 0 ? ('no-stream' as const) : revision(next - 1);
        await appendAll(log, [{ stream, expectedRevision, transitions: transitions(3, { data }) }]);
      }
      const pages: (readonly RecordedTransition[])[] = [];
      for await (const page of log.readPages(stream)) pages.push(page);
      expect(pages.flat()).toEqual(await log.readStream(stream));
      for (const page of pages) {
        const most = PAGE_CHARACTERS + 250_002 + '{}'.length;
        expect(page.reduce((sum, { data: text, metadata }) => sum + text.length + metadata.length, 0)).toBeLessThan(
          most,
        );
      }
      expect(pages.length).toBeGreaterThanOrEqual(10);
      for await (const page of log.readPages(stream)) {
        expect(page).toEqual(pages[0]);
        break;
      }
      for await (const page of log.readPages(newStream()))
        expect.unreachable(`${page.length} transitions of no stream`);
      await log.close();
    });
  },
};
