import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordedTransition } from '../../../../src/application/ports/event-log.ts';
import type { StatisticsLimits } from '../../../../src/projections/statistics/count-facts.ts';
import { statistics } from '../../../../src/projections/statistics/read-model.ts';
import { withFirsts } from '../../../../src/projections/with-firsts.ts';
import { breachesOfStatistics } from '../../../support/guarantees/statistics-breaches.ts';
import { life, logOfLives, readPagesOf } from '../../../support/projections/lives.ts';
import { emptyStatistics, observedIn, statisticsAfter } from '../../../support/simulation/statistics.ts';

/** What the log adds up to, read in batches of these sizes in turn, each of them handed over twice. */
async function sumsOf(log: readonly RecordedTransition[], sizes: readonly number[], limits: StatisticsLimits) {
  let tables = emptyStatistics;
  for (let from = 0, nth = 0; from < log.length; nth++) {
    const to = from + (sizes[nth % sizes.length] ?? 1);
    const decoded = log.slice(from, to).map((recorded) => ({ recorded, transition: statistics.decode(recorded) }));
    const batch = await withFirsts(statistics, decoded, readPagesOf(log));
    tables = statisticsAfter(statisticsAfter(tables, batch, limits), batch, limits);
    from = to;
  }
  return observedIn(tables);
}

describe('statistics', () => {
  it('are the sums of all histories, whatever is read at one time, and however clocks differ', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(life, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
        fc.record({ names: fc.integer({ min: 1, max: 4 }), kept: fc.integer({ min: 1, max: 6 }) }),
        async (lives, sizes, { names, kept }) => {
          const limits = { names, kept: { '1m': kept, '1h': kept, '1d': kept } };
          const log = logOfLives(lives);
          expect(breachesOfStatistics(log, await sumsOf(log, sizes, limits), limits)).toEqual([]);
        },
      ),
    );
  });
});
