import { describe, expect, it } from 'vitest';
import { exampleStatistics } from '../../../src/api/answers/statistics.ts';
import { drawStats, type Statistics } from '../../../src/main/draw-stats.ts';

const window = { bucket: '1m', since: '2030-01-31T12:00:00.000Z', until: '2030-01-31T12:05:00.000Z' } as const;
const { total } = exampleStatistics;
const minute = (number: number) => `2030-01-31T12:0${number}:00.000Z`;
const linesOf = (statistics: Statistics) => drawStats(statistics).trimEnd().split('\n');

const ofTypes = (...types: (string | null)[]): Statistics => ({
  ...{ by: 'type', ...window, total },
  groups: types.map((type) => ({ type, ...total, points: [{ startedAt: minute(1), ...total }] })),
});

const ofFailures = (counts: readonly number[]): Statistics => ({
  ...{ by: 'failure', ...window, total },
  groups: [
    {
      ...{ class: 'TypeError', fingerprint: '0a1b2c3d4e5f6071', count: 12 },
      points: counts.map((count, number) => ({ startedAt: minute(number), count })),
    },
  ],
});

describe('statistics in a terminal', () => {
  it('have a line for each type, one for all, and what they are of above them', () => {
    expect(drawStats(ofTypes('order.placed', null))).toBe(`\
2030-01-31T12:00:00.000Z to 2030-01-31T12:05:00.000Z, by type; 120 received, 118 processed, 1 dead, retry rate 8.5 %

TYPE          RECEIVED  PROCESSED  FAILED  RETRIED  RETRY RATE  DEAD  ATTEMPT P50    P95     P99  END TO END P50    P95    P99  COURSE
order.placed       120        118      12       11       8.5 %     1        12 ms  48 ms  210 ms           21 ms  1.3 s  5.0 s    █
(others)           120        118      12       11       8.5 %     1        12 ms  48 ms  210 ms           21 ms  1.3 s  5.0 s    █
all                120        118      12       11       8.5 %     1        12 ms  48 ms  210 ms           21 ms  1.3 s  5.0 s

COURSE: a mark for each minute, as high as what was received and started
`);
  });

  it('show the course of a count by the height of its marks, and nothing where nothing happened', () => {
    const [, , , line] = linesOf(ofFailures([1, 0, 8, 4]));
    expect(line).toMatch(/TypeError {2}0a1b2c3d4e5f6071 {5}12 {3}▁ █▄$/);
  });

  it('show several buckets as one mark where they are many', () => {
    const { groups, ...about } = ofFailures([1, 1]);
    const wide = { ...about, until: '2030-01-31T15:00:00.000Z', groups } as Statistics;
    expect(linesOf(wide)[3]).toMatch(/ 12 {2}█$/);
    expect(linesOf(wide).at(-1)).toContain('a mark for each 6 minutes');
  });

  it('have a dash where there is no number', () => {
    const nothing = { ...total, retryRate: null, attempts: null, endToEnd: null };
    const [, , , line] = linesOf({ ...ofTypes(), total: nothing });
    expect(line?.split(/\s+/)).toEqual(['all', '120', '118', '12', '11', ...['-', '1', '-', '-', '-', '-', '-', '-']]);
  });

  it('let no name move the cursor, turn text around or make a line of its own', () => {
    const hostile = '\u001B[2J\r\n\u202Eforged';
    const text = drawStats(ofTypes(hostile, 'x'.repeat(500)));
    expect(text).not.toMatch(/[\u001B\r\u202E]/u);
    expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThan(200);
    expect(text.trimEnd().split('\n')).toHaveLength(8);
  });
});
