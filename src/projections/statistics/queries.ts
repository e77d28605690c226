import { sql } from 'kysely';
import type { ReadDatabase } from '../database.ts';
import { type Figures, type FiguresRow, figuresOf } from './figures.ts';
import { type Counted, countedNames, OTHERS } from './table.ts';
import type { StatisticsWindow } from './window.ts';

export type { Durations, Figures } from './figures.ts';
export { RELATIVE_ERROR } from './histogram.ts';
export { bucketNames, type Counted, countedNames } from './table.ts';
export { MOST_BUCKETS, USUAL_BUCKETS, windowOf } from './window.ts';

/** Groups of one answer beside that of all others: those of which most happened. */
export const MOST_GROUPS = 10;

/** In one bucket. Buckets in which nothing happened are left out. */
type Point<Said> = Said & { readonly startedAt: string };

export interface TypeGroup extends Figures {
  /** `null`: all others together. */
  readonly type: string | null;
  readonly points: readonly Point<Figures>[];
}

export interface StatusGroup {
  readonly status: Counted;
  readonly count: number;
  readonly points: readonly Point<{ readonly count: number }>[];
}

export interface FailureGroup {
  /** Both `null`: all others together. */
  readonly class: string | null;
  readonly fingerprint: string | null;
  readonly count: number;
  readonly points: readonly Point<{ readonly count: number }>[];
}

interface Grouped<Group> {
  /** Of all groups in the whole window. */
  readonly total: Figures;
  readonly groups: readonly Group[];
}

/** What happened to events of each type, most first. @throws {ReadDatabaseUnavailable} */
export async function statisticsByType(db: ReadDatabase, window: StatisticsWindow): Promise<Grouped<TypeGroup>> {
  const rows = await figuresIn(db, window, MOST_GROUPS);
  const groups = rows.filter(({ level }) => level === OF_TYPE).map((row) => ({ name: row.type, ...figuresOf(row) }));
  const pointsOf = (name: string) =>
    rows
      .filter(({ level, type }) => level === OF_TYPE_IN_BUCKET && type === name)
      .map((row) => ({ startedAt: row.started_at, ...figuresOf(row) }));
  return {
    total: totalOf(rows),
    groups: groups
      .sort((one, other) => rankOf(other) - rankOf(one) || (one.name < other.name ? -1 : 1))
      .map(({ name, ...figures }) => ({ type: nameOf(name), ...figures, points: pointsOf(name) })),
  };
}

/** Those that are no single type come last. */
const rankOf = ({ name, counts }: Figures & { readonly name: string }) =>
  name === OTHERS ? -1 : counts.received + counts.started;

/** How many transitions there were of each kind. @throws {ReadDatabaseUnavailable} */
export async function statisticsByStatus(db: ReadDatabase, window: StatisticsWindow): Promise<Grouped<StatusGroup>> {
  const rows = await figuresIn(db, window, 0);
  const total = totalOf(rows);
  const inBuckets = rows.filter(({ level }) => level === OF_TYPE_IN_BUCKET);
  const pointsOf = (status: Counted) =>
    inBuckets
      .map((row) => ({ startedAt: row.started_at, count: Number(row[status]) }))
      .filter(({ count }) => count > 0);
  return {
    total,
    groups: countedNames.map((status) => ({ status, count: total.counts[status], points: pointsOf(status) })),
  };
}

interface FailureFound {
  readonly level: number;
  readonly started_at: string;
  readonly class: string;
  readonly fingerprint: string;
  readonly failures: string;
}

/** How often attempts failed in each way, most first. @throws {ReadDatabaseUnavailable} */
export async function statisticsByFailure(db: ReadDatabase, window: StatisticsWindow): Promise<Grouped<FailureGroup>> {
  const inWindow = db
    .selectFrom('failure_statistics')
    .select(['started_at', 'class', 'fingerprint', 'failures'])
    .where('bucket', '=', window.bucket)
    .where('started_at', '>=', sql<Date>`${window.since}`)
    .where('started_at', '<', sql<Date>`${window.until}`);
  const found = await db
    .selectFrom(
      sql<FailureFound>`(
        with inside as materialized (select * from ${inWindow} as found),
        most as (
          select class, fingerprint from inside where class <> ${OTHERS} or fingerprint <> ${OTHERS}
          group by class, fingerprint order by sum(failures) desc, class, fingerprint limit ${MOST_GROUPS}
        ), named as (
          select started_at, failures,
            coalesce(most.class, ${OTHERS}) as class, coalesce(most.fingerprint, ${OTHERS}) as fingerprint
          from inside left join most using (class, fingerprint)
        )
        select grouping(started_at) as level, ${utcOf('started_at')} as started_at, class, fingerprint,
          sum(failures)::bigint as failures
        from named group by grouping sets ((started_at, class, fingerprint), (class, fingerprint))
        order by level desc, started_at
      )`.as('found'),
    )
    .selectAll()
    .execute();
  const [groups, points] = [found.filter(({ level }) => level === 1), found.filter(({ level }) => level === 0)];
  const isSame = (one: FailureFound, other: FailureFound) =>
    one.class === other.class && one.fingerprint === other.fingerprint;
  const isOthers = (group: FailureFound) => group.class === OTHERS && group.fingerprint === OTHERS;
  const rank = (group: FailureFound) => (isOthers(group) ? -1 : Number(group.failures));
  return {
    total: totalOf(await figuresIn(db, window, 0)),
    groups: groups
      .sort((one, other) => rank(other) - rank(one))
      .map((group) => ({
        ...(isOthers(group)
          ? { class: null, fingerprint: null }
          : { class: group.class, fingerprint: group.fingerprint }),
        count: Number(group.failures),
        points: points
          .filter((point) => isSame(point, group))
          .map(({ started_at, failures }) => ({ startedAt: started_at, count: Number(failures) })),
      })),
  };
}

const nameOf = (name: string) => (name === OTHERS ? null : name);

/** What rows are sums of, as `grouping(started_at, type)` numbers it. */
const [OF_TYPE_IN_BUCKET, OF_TYPE, OF_ALL] = [0, 2, 3];
const groupingSets = sql.raw('(started_at, type), (type), ()');

interface FoundFigures extends FiguresRow {
  readonly level: number;
  readonly started_at: string;
  readonly type: string;
}

const totalOf = (rows: readonly FoundFigures[]) => {
  const total = rows.find(({ level }) => level === OF_ALL);
  if (total === undefined) throw new Error('Rows were added up without a total');
  return figuresOf(total);
};

const sums = sql.raw(countedNames.map((name) => `coalesce(sum(${name}), 0)::bigint as ${name}`).join(', '));
const counts = sql.raw(countedNames.join(', '));
const utcOf = (column: string) => sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);

/**
 * Counts and percentiles of the window: of so many types in each bucket and in all of them, the others together, and of all.
 * Added up in the database, which so hands over some numbers for each bucket and type, and not their histograms.
 */
function figuresIn(
  db: ReadDatabase,
  { bucket, since, until }: StatisticsWindow,
  types: number,
): Promise<FoundFigures[]> {
  const inWindow = db
    .selectFrom('event_statistics')
    .select(['started_at', 'type', ...countedNames, 'attempt_ms', 'end_to_end_ms'])
    .where('bucket', '=', bucket)
    .where('started_at', '>=', sql<Date>`${since}`)
    .where('started_at', '<', sql<Date>`${until}`);
  const key = sql`
    grouping(started_at, type) as level, coalesce(started_at, '-infinity') as place, coalesce(type, ${OTHERS}) as type`;
  return db
    .selectFrom(
      sql<FoundFigures>`(
        with inside as materialized (select * from ${inWindow} as found),
        most as (
          select type from inside where type <> ${OTHERS}
          group by type order by sum(received + started) desc, type limit ${types}
        ), named as materialized (
          select started_at, coalesce(most.type, ${OTHERS}) as type, ${counts}, attempt_ms, end_to_end_ms
          from inside left join most using (type)
        ), counted as (
          select ${key}, ${sums} from named group by grouping sets (${groupingSets})
        ), each_class as (
          select started_at, type, measure, key::integer as class, value::bigint as durations
          from named
          cross join lateral (values ('attempt', attempt_ms), ('end_to_end', end_to_end_ms)) as measured (measure, histogram)
          cross join lateral jsonb_each_text(histogram)
        ), classes as (
          select ${key}, measure, class, sum(durations) as durations
          from each_class group by grouping sets (${groupingSets}), grouping sets ((measure, class))
        ), ranked as (
          select *,
            sum(durations) over (partition by level, place, type, measure order by class) as up_to,
            sum(durations) over (partition by level, place, type, measure) as total
          from classes
        ), percentiles as (
          select level, place, type, measure, max(total)::bigint as count,
            min(class) filter (where up_to >= 0.50 * total) as p50,
            min(class) filter (where up_to >= 0.95 * total) as p95,
            min(class) filter (where up_to >= 0.99 * total) as p99
          from ranked group by level, place, type, measure
        ), attempts as (
          select * from percentiles where measure = 'attempt'
        ), ends as (
          select * from percentiles where measure = 'end_to_end'
        )
        select level, case when level = 0 then ${utcOf('place')} else '' end as started_at, type, ${counts},
          attempts.count as attempt_count, attempts.p50 as attempt_p50, attempts.p95 as attempt_p95,
          attempts.p99 as attempt_p99, ends.count as end_to_end_count, ends.p50 as end_to_end_p50,
          ends.p95 as end_to_end_p95, ends.p99 as end_to_end_p99
        from counted
        left join attempts using (level, place, type)
        left join ends using (level, place, type)
        order by level, place, type
      )`.as('found'),
    )
    .selectAll()
    .execute();
}
