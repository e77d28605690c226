import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { DeadLetterReason } from '../../domain/event/transitions.ts';
import type { ReadDatabase } from '../database.ts';
import { hasValue, type PayloadFilter } from '../payload-fields.ts';
import { utcText } from '../utc-text.ts';

/** All that are given must hold. Times are RFC 3339; one that is equal is neither after nor before. */
export interface DeadLetterFilters {
  readonly type?: string | undefined;
  readonly source?: string | undefined;
  readonly client?: string | undefined;
  readonly class?: string | undefined;
  /** The fingerprint of the last failure, as histories have it. */
  readonly failure?: string | undefined;
  readonly failureGroup?: string | undefined;
  readonly reason?: DeadLetterReason | undefined;
  readonly createdAfter?: string | undefined;
  readonly createdBefore?: string | undefined;
  readonly diedAfter?: string | undefined;
  readonly diedBefore?: string | undefined;
  readonly attemptsAtLeast?: number | undefined;
  readonly generationAtLeast?: number | undefined;
  /** In the class or the message of the last failure; capitals and small letters are the same. */
  readonly text?: string | undefined;
  readonly payload?: readonly PayloadFilter[] | undefined;
}

/** Position in the list: the one that died last comes first, and by id among those of one moment. */
export interface DeadLetterPosition {
  readonly id: string;
  readonly diedAt: string;
}

/** @param ofClient shows the dead letters of this client alone. */
export interface DeadLettersAsked {
  readonly filters: DeadLetterFilters;
  readonly ofClient?: string | undefined;
}

/** The ids of a page, each with its position. @throws {ReadDatabaseUnavailable} */
export async function listDeadLetters(
  db: ReadDatabase,
  asked: DeadLettersAsked,
  { limit, after }: { readonly limit: number; readonly after?: DeadLetterPosition | undefined },
): Promise<readonly DeadLetterPosition[]> {
  let query = db
    .selectFrom('dead_events')
    .select(['event_id', utcText('died_at')])
    .where(matching(asked))
    .orderBy('dead_events.died_at', 'desc')
    .orderBy('event_id', 'desc')
    .limit(limit);
  if (after !== undefined)
    query = query.where(sql<SqlBool>`(dead_events.died_at, event_id) < (${after.diedAt}, ${after.id}::uuid)`);
  const rows = await query.execute();
  return rows.map((row) => ({ id: row.event_id, diedAt: row.died_at }));
}

export interface DeadLetterGroup {
  /** `null` of dead letters whose failure no group counts yet. */
  readonly failureGroupId: string | null;
  readonly handler: string | null;
  readonly class: string | null;
  readonly title: string | null;
  readonly events: number;
  readonly types: number;
  readonly diedFirst: string;
  readonly diedLast: string;
  /** Which died last. */
  readonly lastEventId: string;
}

export interface DeadLetterGroups {
  readonly items: readonly DeadLetterGroup[];
  /** Also those beyond the limit. */
  readonly events: number;
  readonly groups: number;
}

const MOST_TITLE = 200;

/** The largest groups first. @throws {ReadDatabaseUnavailable} */
export async function groupDeadLetters(
  db: ReadDatabase,
  asked: DeadLettersAsked,
  limit: number,
): Promise<DeadLetterGroups> {
  const sums = sql<GroupSums>`(
    select root_id, count(*) as events, count(distinct dead_events.type) as types,
      min(died_at) as died_first, max(died_at) as died_last,
      (array_agg(dead_events.event_id order by died_at desc))[1] as last_event_id,
      count(*) over () as groups, sum(count(*)) over () as all_events
    from dead_events
    left join failed_events on failed_events.event_id = dead_events.event_id
    left join failure_groups on failure_groups.id = failed_events.group_id
    where ${matching(asked)}
    group by root_id
  )`;
  const rows = await db
    .selectFrom(sums.as('sums'))
    .leftJoin('failure_groups', 'failure_groups.id', 'sums.root_id')
    .select(['sums.root_id', 'failure_groups.handler', 'failure_groups.class', 'failure_groups.message'])
    .select(['sums.events', 'types', 'sums.last_event_id', 'groups', 'all_events'])
    .select([utcText('died_first'), utcText('died_last')])
    .orderBy('sums.events', 'desc')
    .orderBy('sums.root_id')
    .limit(limit)
    .$castTo<GroupSums & Record<'handler' | 'class' | 'message', string | null>>()
    .execute();
  const [first] = rows;
  return {
    events: Number(first?.all_events ?? 0),
    groups: Number(first?.groups ?? 0),
    items: rows.map((row) => ({
      ...{ failureGroupId: row.root_id, handler: row.handler, class: row.class },
      title: row.class === null ? null : `${row.class}: ${row.message}`.slice(0, MOST_TITLE).toWellFormed(),
      ...{ events: Number(row.events), types: Number(row.types) },
      ...{ diedFirst: row.died_first, diedLast: row.died_last, lastEventId: row.last_event_id },
    })),
  };
}

interface GroupSums {
  readonly root_id: string | null;
  readonly events: string;
  readonly types: string;
  readonly died_first: string;
  readonly died_last: string;
  readonly last_event_id: string;
  readonly groups: string;
  readonly all_events: string;
}

/** A dead letter as it may become a member of a plan. */
export interface Candidate {
  readonly eventId: string;
  readonly type: string;
  readonly generation: number;
  readonly revision: number;
  readonly diedAt: string;
  /** `null` where no group counts it yet. */
  readonly groupId: string | null;
}

/** Which dead letters: those that filters let through, or those of these ids that are any. */
export type AskedSet = DeadLettersAsked | { readonly ids: readonly string[] };

/** In the order in which they were received. @throws {ReadDatabaseUnavailable} */
export async function findCandidates(db: ReadDatabase, asked: AskedSet, limit: number): Promise<readonly Candidate[]> {
  const isAsked = 'ids' in asked ? sql<SqlBool>`dead_events.event_id = any(${asked.ids}::uuid[])` : matching(asked);
  const rows = await db
    .selectFrom('dead_events')
    .leftJoin('failed_events', 'failed_events.event_id', 'dead_events.event_id')
    .leftJoin('failure_groups', 'failure_groups.id', 'failed_events.group_id')
    .select(['dead_events.event_id', 'dead_events.type', 'generation', 'dead_events.revision', 'root_id'])
    .select(utcText('died_at'))
    .where(isAsked)
    .orderBy('received_at')
    .orderBy('dead_events.event_id')
    .limit(limit)
    .execute();
  return rows.map(({ event_id: eventId, type, generation, revision, died_at: diedAt, root_id: groupId }) => ({
    ...{ eventId, type, generation, diedAt, groupId },
    revision: Number(revision),
  }));
}

/** What people know groups by. @throws {ReadDatabaseUnavailable} */
export async function titlesOf(db: ReadDatabase, groupIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (groupIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('failure_groups')
    .select(['id', 'class', 'message'])
    .where('id', 'in', groupIds)
    .execute();
  return new Map(rows.map((row) => [row.id, `${row.class}: ${row.message}`]));
}

/**
 * Dead letters that the filters let through, that are not in the plan, and of no type that was left out of it.
 * @throws {ReadDatabaseUnavailable}
 */
export async function countNewMatches(
  db: ReadDatabase,
  asked: DeadLettersAsked,
  { planId, blockedTypes }: { readonly planId: string; readonly blockedTypes: readonly string[] },
): Promise<number> {
  const { count } = await db
    .selectFrom('dead_events')
    .select(sql<string>`count(*)`.as('count'))
    .where(matching(asked))
    .where(sql<SqlBool>`dead_events.type <> all(${blockedTypes}::text[])`)
    .where(sql<SqlBool>`not exists (
      select from replay_plan_members as members
      where members.plan_id = ${planId} and members.event_id = dead_events.event_id
    )`)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** A condition on rows of `dead_events`. */
function matching({ filters, ofClient }: DeadLettersAsked): RawBuilder<SqlBool> {
  const { type, source, client, class: name, failure, failureGroup, reason, text, payload = [] } = filters;
  const { createdAfter, createdBefore, diedAfter, diedBefore, attemptsAtLeast, generationAtLeast } = filters;
  const all: RawBuilder<SqlBool>[] = [sql<SqlBool>`true`];
  const add = (value: unknown, condition: RawBuilder<SqlBool>) => value !== undefined && all.push(condition);
  add(ofClient, sql<SqlBool>`dead_events.client_id = ${ofClient}`);
  add(type, sql<SqlBool>`dead_events.type = ${type}`);
  add(source, sql<SqlBool>`dead_events.source = ${source}`);
  add(client, sql<SqlBool>`dead_events.client_id = ${client}`);
  add(name, sql<SqlBool>`dead_events.class = ${name}`);
  add(failure, sql<SqlBool>`dead_events.fingerprint = ${failure}`);
  add(reason, sql<SqlBool>`dead_events.reason = ${reason}`);
  add(createdAfter, sql<SqlBool>`dead_events.received_at > ${createdAfter}`);
  add(createdBefore, sql<SqlBool>`dead_events.received_at < ${createdBefore}`);
  add(diedAfter, sql<SqlBool>`dead_events.died_at > ${diedAfter}`);
  add(diedBefore, sql<SqlBool>`dead_events.died_at < ${diedBefore}`);
  add(attemptsAtLeast, sql<SqlBool>`dead_events.attempts >= ${attemptsAtLeast}`);
  add(generationAtLeast, sql<SqlBool>`dead_events.generation >= ${generationAtLeast}`);
  add(text, sql<SqlBool>`dead_events.error ilike ${`%${text?.replaceAll(/[\\%_]/g, '\\$&')}%`}`);
  if (payload.length > 0) {
    const matches = sql.join<SqlBool>(payload.map(hasValue), sql` and `);
    all.push(sql<SqlBool>`dead_events.event_id in (select id from events where ${matches})`);
  }
  if (failureGroup !== undefined) all.push(ofGroup(failureGroup));
  return sql.join<SqlBool>(all, sql` and `);
}

/**
 * Which group an event is of, the rows of failure groups say. Those by fingerprint come from an index: the groups that are
 * shown under this one, and those that they were split from, whose fingerprints they share.
 */
const ofGroup = (id: string): RawBuilder<SqlBool> => sql<SqlBool>`(
  dead_events.group_id in (
    with recursive related as (
      select id, split_from from failure_groups
      where root_id = (select root_id from failure_groups where id = ${id})
      union
      select parent.id, parent.split_from from failure_groups as parent join related on related.split_from = parent.id
    )
    select id from related
  )
  and exists (
    select from failed_events join failure_groups on failure_groups.id = failed_events.group_id
    where failed_events.event_id = dead_events.event_id
      and root_id = (select root_id from failure_groups where id = ${id})
  )
)`;
