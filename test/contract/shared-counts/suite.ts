import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/projections/database.ts';
import { createSharedCounts } from '../../../src/projections/shared-counts.ts';

export interface SharedCountsUnderTest {
  readonly db: Kysely<Database>;
  close(): Promise<void>;
}

const WINDOW_MS = 60_000;
const count = (key: string, times: number, what = 'requests') => ({ what, key, count: times });

/** What processes rely on, whichever PostgreSQL keeps the counts. */
export function sharedCountsSuite(open: () => Promise<SharedCountsUnderTest>): void {
  let opened: SharedCountsUnderTest | null = null;
  const db = () => {
    if (opened === null) throw new Error('The counts are not open outside a test');
    return opened.db;
  };
  const of = (processName: string) => createSharedCounts(db(), processName, WINDOW_MS);
  const age = (interval: string) =>
    sql`update shared_counts set reported_at = reported_at + ${interval}::interval`.execute(db());
  const rows = () => db().selectFrom('shared_counts').select(['key', 'count']).orderBy('key').execute();
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened?.close());
  beforeEach(() => db().deleteFrom('shared_counts').execute());

  describe('counts', () => {
    it('of all other processes are added up, by what is counted and for whom, the largest first', async () => {
      await of('one').report([count('a', 1), count('b', 2), count('a', 3, 'acts')]);
      await of('another').report([count('a', 10), count('c', 20)]);
      await of('third').report([count('a', 100)]);
      expect(await of('third').ofOthers(10)).toEqual([
        count('c', 20),
        count('a', 11),
        count('a', 3, 'acts'),
        count('b', 2),
      ]);
      expect(await of('third').ofOthers(2)).toEqual([count('c', 20), count('a', 11)]);
    });

    it('are replaced by what the process reports later, one by one', async () => {
      const one = of('one');
      await one.report([count('a', 1), count('b', 2)]);
      await one.report([count('a', 5)]);
      expect(await of('another').ofOthers(10)).toEqual([count('a', 5), count('b', 2)]);
      await one.report([count('a', 0)]);
      expect(await of('another').ofOthers(10)).toEqual([count('b', 2)]);
    });

    it.each(['-61 seconds', '-5 hours', '5 hours'])(
      'that were reported at another time are unknown: by %s',
      async (interval) => {
        await of('one').report([count('a', 1)]);
        await age(interval);
        expect(await of('another').ofOthers(10)).toEqual([]);
        await of('one').report([count('a', 2)]);
        expect(await of('another').ofOthers(10)).toEqual([count('a', 2)]);
      },
    );

    it('that a process left behind are deleted by another', async () => {
      await of('one').report([count('a', 1), count('b', 2)]);
      await age('-2 minutes');
      await of('another').report([count('c', 3)]);
      expect(await rows()).toEqual([{ key: 'c', count: '3' }]);
    });

    it('are of any name that a principal may have', async () => {
      const names = ['a\tb', "'; drop table shared_counts; --", '{a,"b"}', '漢字 🚀', '\\', 'x'.repeat(511)];
      await of('one').report(names.map((name) => count(name, 1)));
      expect((await of('another').ofOthers(10)).map(({ key }) => key).sort()).toEqual([...names].sort());
    });

    it('of ten thousand are one statement', async () => {
      await of('one').report(Array.from({ length: 10_000 }, (_, index) => count(`key-${index}`, index + 1)));
      expect(await of('another').ofOthers(20_000)).toHaveLength(10_000);
    });

    it('may be reported and read by many at once', async () => {
      for (let round = 1; round <= 3; round++) {
        await age('-2 minutes');
        const processes = Array.from({ length: 10 }, (_, index) => of(`process-${index}`));
        await Promise.all(processes.map((each) => each.report([count('a', round), count('b', round)])));
      }
      expect(await of('another').ofOthers(10)).toEqual(expect.arrayContaining([count('a', 30), count('b', 30)]));
    });
  });
}
