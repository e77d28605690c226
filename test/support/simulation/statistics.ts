import type { ProjectedBatch } from '../../../src/projections/projection-store.ts';
import {
  bucketKeyOf,
  bucketsOfAll,
  countFacts,
  type EventRow,
  type FailureRow,
  noRows,
  type Rows,
  type StatisticsLimits,
} from '../../../src/projections/statistics/count-facts.ts';
import type { Fact } from '../../../src/projections/statistics/fact.ts';
import { followEvents, type OpenEvent } from '../../../src/projections/statistics/follow-events.ts';
import { bucketNames } from '../../../src/projections/statistics/table.ts';
import type { ObservedStatistics } from '../guarantees/statistics-breaches.ts';

/** The tables of the statistics at one moment. */
export interface StatisticsTables {
  readonly position: bigint;
  readonly open: ReadonlyMap<string, OpenEvent>;
  readonly rows: Rows;
}

export const emptyStatistics: StatisticsTables = { position: -1n, open: new Map(), rows: noRows() };

/** Few, so that a short run comes to them all. */
export const smallStatisticsLimits: StatisticsLimits = { names: 2, kept: { '1m': 2, '1h': 2, '1d': 1 } };

/** What the batch makes of the tables. The SQL has the same parts: what is counted is decided by none of it. */
export function statisticsAfter(
  before: StatisticsTables,
  batch: ProjectedBatch['decoded'],
  limits: StatisticsLimits,
): StatisticsTables {
  const given = (batch as readonly { recorded: { position: bigint }; transition: Fact | null; first?: Fact | null }[])
    .filter(({ recorded }) => recorded.position > before.position)
    .flatMap(({ transition: fact, first = null }) => (fact === null ? [] : [{ fact, first }]));
  const { facts, changed } = followEvents(given, before.open);
  const rows: Rows = { events: new Map(before.rows.events), failures: new Map(before.rows.failures) };
  for (const key of bucketsOfAll(facts).keys()) {
    rows.events.set(key, copied(before.rows.events.get(key), copyOfEventRow));
    rows.failures.set(
      key,
      copied(before.rows.failures.get(key), (row) => ({ ...row })),
    );
  }
  countFacts(facts, rows, limits);
  forgetOld(rows, limits);
  const open = new Map(before.open);
  for (const [id, event] of changed)
    if (event === null) open.delete(id);
    else open.set(id, event);
  return { position: batch.at(-1)?.recorded.position ?? before.position, open, rows };
}

const copied = <Row>(rows: ReadonlyMap<string, Row> | undefined, copy: (row: Row) => Row): Map<string, Row> =>
  new Map([...(rows ?? [])].map(([name, row]) => [name, copy(row)]));
const copyOfEventRow = (row: EventRow): EventRow => ({
  ...row,
  counts: { ...row.counts },
  attemptMs: new Map(row.attemptMs),
  endToEndMs: new Map(row.endToEndMs),
});

function forgetOld(rows: Rows, { kept }: StatisticsLimits): void {
  for (const bucket of bucketNames) {
    const found = [...rows.events.values()].flatMap((inBucket) => [...inBucket.values()].slice(0, 1));
    const startsOf = found.filter((row) => row.bucket === bucket).map(({ startedAt }) => startedAt);
    for (const startedAt of startsOf.sort((one, other) => other - one).slice(kept[bucket]))
      for (const table of [rows.events, rows.failures]) table.delete(bucketKeyOf({ bucket, startedAt }));
  }
}

export const observedIn = ({ rows, open }: StatisticsTables): ObservedStatistics => ({
  events: valuesOf<EventRow>(rows.events),
  failures: valuesOf<FailureRow>(rows.failures),
  open: [...open.keys()],
});

const valuesOf = <Row>(rows: ReadonlyMap<string, ReadonlyMap<string, Row>>): readonly Row[] =>
  [...rows.values()].flatMap((inBucket) => [...inBucket.values()]);
