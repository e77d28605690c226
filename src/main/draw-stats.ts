import type { z } from 'zod';
import type { statisticsAnswer } from '../api/answers/statistics.ts';
import { duration, plain, table } from './terminal-text.ts';

/** As `GET /v1/stats` answers. */
export type Statistics = z.output<typeof statisticsAnswer>;
type Figures = Statistics['total'];

const LONGEST_NAME = 40;
const OTHERS = '(others)';

/** Statistics as a table: a line for each group, and one for all of them. */
export function drawStats(statistics: Statistics): string {
  const { bucket, since, until, by, total } = statistics;
  const { perMark } = marksOf(statistics);
  const length = perMark === 1 ? namesOfBuckets[bucket] : `${perMark} ${namesOfBuckets[bucket]}s`;
  const counted = by === 'type' ? 'what was received and started' : 'the count';
  const lines = [`${since} to ${until}, by ${by}; ${totalOf(total)}`, '', ...groupsOf(statistics)];
  return `${[...lines, '', `COURSE: a mark for each ${length}, as high as ${counted}`].join('\n')}\n`;
}

const namesOfBuckets = { '1m': 'minute', '1h': 'hour', '1d': 'day' } as const;

function groupsOf(statistics: Statistics): readonly string[] {
  const course = (points: readonly { readonly startedAt: string; readonly count: number }[]) =>
    courseOf(points, statistics);
  switch (statistics.by) {
    case 'type': {
      const received = ['RECEIVED', 'PROCESSED', 'FAILED', 'RETRIED', 'RETRY RATE', 'DEAD'];
      const durations = ['ATTEMPT P50', 'P95', 'P99', 'END TO END P50', 'P95', 'P99', 'COURSE'];
      const rows = statistics.groups.map(({ type, points, ...figures }) => [
        nameOf(type),
        ...cellsOf(figures),
        course(points.map(({ startedAt, counts }) => ({ startedAt, count: counts.received + counts.started }))),
      ]);
      return table(['TYPE', ...received, ...durations], [...rows, ['all', ...cellsOf(statistics.total), '']]);
    }
    case 'status':
      return table(
        ['STATUS', 'COUNT', 'COURSE'],
        statistics.groups.map(({ status, count, points }) => [status, String(count), course(points)]),
      );
    case 'failure':
      return table(
        ['FAILURE', 'FINGERPRINT', 'COUNT', 'COURSE'],
        statistics.groups.map(({ class: name, fingerprint, count, points }) => [
          nameOf(name),
          fingerprint === null ? '' : plain(fingerprint, LONGEST_NAME),
          String(count),
          course(points),
        ]),
      );
  }
}

const nameOf = (name: string | null) => (name === null ? OTHERS : plain(name, LONGEST_NAME));

function totalOf({ counts, retryRate }: Figures): string {
  const { received, processed, dead } = counts;
  return `${received} received, ${processed} processed, ${dead} dead, retry rate ${percent(retryRate)}`;
}

function cellsOf({ counts, retryRate, attempts, endToEnd }: Figures): readonly string[] {
  const { received, processed, failed, retried, dead } = counts;
  return [
    ...[received, processed, failed, retried].map(String),
    percent(retryRate),
    String(dead),
    ...percentiles(attempts),
    ...percentiles(endToEnd),
  ];
}

const percent = (part: number | null) => (part === null ? '-' : `${(part * 100).toFixed(1)} %`);

const percentiles = (durations: Figures['attempts']) =>
  durations === null ? ['-', '-', '-'] : [durations.p50Ms, durations.p95Ms, durations.p99Ms].map(duration);

const heightsOfMarks = '▁▂▃▄▅▆▇█';
/** More would make lines that no terminal holds; then a mark stands for several buckets. */
const MOST_MARKS = 30;
const lengthMs = { '1m': 60_000, '1h': 3_600_000, '1d': 86_400_000 } as const;

function marksOf({ bucket, since, until }: Pick<Statistics, 'bucket' | 'since' | 'until'>) {
  const buckets = Math.max(1, Math.round((Date.parse(until) - Date.parse(since)) / lengthMs[bucket]));
  const perMark = Math.ceil(buckets / MOST_MARKS);
  return { perMark, marks: Math.ceil(buckets / perMark) };
}

/** How a count went over the time: a mark for each bucket or so, its height by the largest. Nothing is a blank. */
function courseOf(
  points: readonly { readonly startedAt: string; readonly count: number }[],
  { bucket, since, until }: Pick<Statistics, 'bucket' | 'since' | 'until'>,
): string {
  const { perMark, marks } = marksOf({ bucket, since, until });
  const heights = Array.from({ length: marks }, () => 0);
  for (const { startedAt, count } of points) {
    const index = Math.floor((Date.parse(startedAt) - Date.parse(since)) / lengthMs[bucket] / perMark);
    heights[index] = (heights[index] ?? 0) + count;
  }
  const highest = Math.max(...heights);
  const markOf = (height: number) => heightsOfMarks[Math.ceil((height / highest) * heightsOfMarks.length) - 1];
  return heights.map((height) => (height === 0 ? ' ' : markOf(height))).join('');
}
