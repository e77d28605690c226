import { expect, it } from 'vitest';
import { findGaps } from '../../../support/event-log/completeness.ts';
import { createNaiveLog } from '../../../support/event-log/naive-log.ts';
import { seededRandom } from '../../../support/event-log/seeded-random.ts';
import { type Clause, count, size } from '../clause.ts';

const WRITERS = 16;
const APPENDS = size(60, 1_000);

export const completeness: Clause = {
  title: 'readers of the whole log',
  define({ log }) {
    const load = (appendsPerWriter: number) => ({ writers: WRITERS, appendsPerWriter, random: seededRandom(11) });

    it(`see everything once and in order, live and from every place: ${count(WRITERS * APPENDS)} appends`, async () => {
      expect(await findGaps(log(), load(APPENDS))).toEqual([]);
    });

    it('would be found out: a log that gives out positions before it commits loses transitions', async () => {
      expect(await findGaps(createNaiveLog(seededRandom(3)), load(40))).toContainEqual(
        expect.stringMatching(/^live: \d+ of \d+ not seen$/),
      );
    });
  },
};
