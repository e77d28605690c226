import { ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import type { Count, SharedCounts } from '../../../src/application/ports/shared-counts.ts';

/** What processes have in common, in memory: their counts do not become old by themselves. */
export function sharedCountsInMemory() {
  const reported = new Map<string, readonly Count[]>();
  const stored = { isAway: false, reports: 0, exchanges: 0 };
  const here = () => {
    stored.exchanges++;
    if (stored.isAway) throw new ReadDatabaseUnavailable('away');
  };
  const of = (processName: string): SharedCounts => ({
    async report(counts) {
      here();
      stored.reports += counts.length;
      const others = (reported.get(processName) ?? []).filter(
        (each) => !counts.some(({ what, key }) => what === each.what && key === each.key),
      );
      reported.set(processName, [...others, ...counts]);
    },
    async ofOthers() {
      here();
      const ofOthers = [...reported].filter(([name]) => name !== processName).flatMap(([, counts]) => counts);
      const byKey = Map.groupBy(ofOthers, ({ what, key }) => JSON.stringify({ what, key }));
      return [...byKey].map(([name, counts]) => ({
        ...(JSON.parse(name) as Pick<Count, 'what' | 'key'>),
        count: counts.reduce((sum, { count }) => sum + count, 0),
      }));
    },
  });
  return { of, stored };
}
