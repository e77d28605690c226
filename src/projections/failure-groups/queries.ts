import { type RawBuilder, sql } from 'kysely';
import type { IdentifiedGroup } from '../../application/failure-groups/identity.ts';
import { type Fingerprint, whyOneGroup } from '../../domain/failure-group/fingerprint.ts';
import type { ReadDatabase } from '../database.ts';
import { utcText } from '../utc-text.ts';
import type { Resolution } from './table.ts';

export const failureGroupStatuses = ['open', 'resolved', 'returned'] as const;
export type FailureGroupStatus = (typeof failureGroupStatuses)[number];

/** A group with all that is merged into it. Times are RFC 3339 in UTC with milliseconds. */
export interface FailureGroupView {
  readonly id: string;
  readonly handler: string | null;
  readonly class: string;
  readonly title: string;
  readonly why: string;
  readonly fingerprint: Fingerprint & { readonly containing: string | null };
  readonly status: FailureGroupStatus;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly lastEventId: string | null;
  readonly events: number;
  readonly attempts: number;
  readonly dead: number;
  readonly handlerVersions: readonly string[];
  readonly replays: { readonly processed: number; readonly failed: number };
  readonly note: string | null;
  readonly resolvedAt: string | null;
  readonly resolvedIn: string | null;
  readonly returnedAt: string | null;
  readonly splitFrom: string | null;
}

export interface FailureGroupActView {
  readonly groupId: string;
  readonly act: number;
  readonly type: string;
  readonly at: string;
  readonly requestedBy: string;
  readonly reason: string | null;
  readonly otherId: string | null;
  readonly containing: string | null;
  readonly undoes: number | null;
  readonly isUndone: boolean;
}

export interface FailureGroupFilters {
  readonly status?: FailureGroupStatus | undefined;
  readonly handler?: string | undefined;
}

/** A group's position in the list: seen last first, and by id among those of one moment. */
interface GroupPlace {
  readonly at: string;
  readonly id: string;
}

interface Row {
  readonly id: string;
  readonly handler: string | null;
  readonly class: string;
  readonly message: string;
  readonly frames: readonly string[];
  readonly fingerprint_version: number;
  readonly containing: string | null;
  readonly split_from: string | null;
  readonly resolution: Resolution | null;
  readonly returned_at: string | null;
  readonly first_seen_at: string;
  readonly last_seen_at: string;
  readonly last_event_id: string | null;
  readonly events: string;
  readonly attempts: string;
  readonly dead: string;
  readonly handler_versions: readonly string[];
  readonly replays_processed: string;
  readonly replays_failed: string;
}

/**
 * The groups that are merged into none, with the sums of those that are merged into them.
 * @param only which groups are summed up, where not all are needed.
 */
const shown = (rest: RawBuilder<unknown>, only: RawBuilder<unknown> = sql``) => sql<Row>`(
  select root.id, root.handler, root.class, root.message, root.frames, root.fingerprint_version, root.containing,
    root.split_from, root.resolution, ${utcText('returned_at')}, ${utcText('first_seen_at')},
    ${utcText('last_seen_at')}, sums.last_event_id, sums.events, sums.attempts, sums.dead, versions.handler_versions,
    sums.replays_processed, sums.replays_failed
  from (
    select root_id, min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at,
      (array_agg(last_event_id order by last_seen_at desc))[1] as last_event_id,
      sum(events) as events, sum(attempts) as attempts, sum(dead) as dead,
      sum(replays_processed) as replays_processed, sum(replays_failed) as replays_failed
    from failure_groups ${only} group by root_id
  ) as sums
  join (
    select id, handler, class, message, frames, fingerprint_version, containing, split_from, resolution, returned_at
    from failure_groups
  ) as root on root.id = sums.root_id
  cross join lateral (
    select coalesce(jsonb_agg(distinct version), '[]') as handler_versions
    from failure_groups as merged, jsonb_array_elements_text(merged.handler_versions) as version
    where merged.root_id = root.id
  ) as versions
  ${rest}
)`;

/** A page of the groups that were seen last, and where the next one begins. @throws {ReadDatabaseUnavailable} */
export async function listFailureGroups(
  db: ReadDatabase,
  { status, handler }: FailureGroupFilters,
  { limit, after }: { readonly limit: number; readonly after?: GroupPlace | undefined },
): Promise<{ readonly items: readonly FailureGroupView[]; readonly next: GroupPlace | null }> {
  const page = shown(sql`
    where (${status ?? null}::text is null or ${status ?? null} = case
        when resolution is null then 'open' when returned_at is null then 'resolved' else 'returned' end)
      and (${handler ?? null}::text is null or handler = ${handler ?? null})
      and (${after?.at ?? null}::timestamptz is null or (last_seen_at, id) < (${after?.at ?? null}, ${after?.id ?? null}::uuid))
    order by sums.last_seen_at desc, id desc limit ${limit + 1}`);
  const rows = await db.selectFrom(page.as('shown')).selectAll().execute();
  const items = rows.slice(0, limit).map(viewOf);
  const last = items.at(-1);
  return {
    items,
    next: rows.length > limit && last !== undefined ? { at: last.lastSeenAt, id: last.id } : null,
  };
}

/** `null` where there is none. A group that is merged into another is that other one. @throws {ReadDatabaseUnavailable} */
export async function findFailureGroup(db: ReadDatabase, id: string): Promise<FailureGroupView | null> {
  const found = shown(sql`where root.id = (select root_id from failure_groups where id = ${id})`);
  const rows = await db.selectFrom(found.as('shown')).selectAll().execute();
  return rows[0] === undefined ? null : viewOf(rows[0]);
}

/** Those of the groups that are merged into none. @throws {ReadDatabaseUnavailable} */
export async function findFailureGroups(
  db: ReadDatabase,
  ids: readonly string[],
): Promise<readonly FailureGroupView[]> {
  const found = shown(sql``, sql`where root_id = any(${ids}::uuid[])`);
  return (await db.selectFrom(found.as('shown')).selectAll().execute()).map(viewOf);
}

/** Another event that failed as the group does; `null` where it has none. @throws {ReadDatabaseUnavailable} */
export async function findOtherEvent(db: ReadDatabase, rootId: string, eventId: string): Promise<string | null> {
  const row = await db
    .selectFrom('failure_group_events')
    .innerJoin('failure_groups', 'failure_groups.id', 'failure_group_events.group_id')
    .select('event_id')
    .where('root_id', '=', rootId)
    .where('event_id', '<>', eventId)
    .limit(1)
    .executeTakeFirst();
  return row?.event_id ?? null;
}

/** A group itself, also where it is merged into another; `null` where there is none. @throws {ReadDatabaseUnavailable} */
export async function findGroupItself(db: ReadDatabase, id: string): Promise<IdentifiedGroup | null> {
  const row = await db
    .selectFrom('failure_groups')
    .select(['handler', 'class', 'message', 'frames', 'fingerprint_version', 'containing', 'split_from'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { handler, class: name, message, frames, containing } = row;
  const more = { fingerprintVersion: row.fingerprint_version, splitFrom: row.split_from };
  return { id, of: { class: name, containing, frames: [...frames], handler, message, ...more } };
}

/**
 * The groups that the last failures of events are of, by the event's id: the one that is shown first, and then the one that is
 * merged into it. Events without a failure are left out. @throws {ReadDatabaseUnavailable}
 */
export async function groupsOfEvents(
  db: ReadDatabase,
  eventIds: readonly string[],
): Promise<ReadonlyMap<string, readonly [shown: string, ...merged: string[]]>> {
  const rows = await db
    .selectFrom('failed_events')
    .innerJoin('failure_groups', 'failure_groups.id', 'failed_events.group_id')
    .select(['event_id', 'group_id', 'root_id'])
    .where('event_id', 'in', eventIds)
    .execute();
  return new Map(
    rows.map((row) => [row.event_id, row.root_id === row.group_id ? [row.root_id] : [row.root_id, row.group_id]]),
  );
}

/** The groups that are shown under a group, with itself. */
export async function groupsUnder(db: ReadDatabase, rootId: string): Promise<readonly string[]> {
  const rows = await db.selectFrom('failure_groups').select('id').where('root_id', '=', rootId).execute();
  return rows.map(({ id }) => id);
}

const MOST_ACTS = 100;

/** What was done to a group and to those that are merged into it, the latest last. */
export async function actsOn(db: ReadDatabase, rootId: string): Promise<readonly FailureGroupActView[]> {
  const rows = await db
    .selectFrom('failure_group_acts')
    .innerJoin('failure_groups', 'failure_groups.id', 'failure_group_acts.group_id')
    .select(['group_id', 'act', 'type', 'requested_by', 'reason', 'other_id', 'failure_group_acts.containing'])
    .select(['undoes', 'is_undone'])
    .select(utcText('at'))
    .where('root_id', '=', rootId)
    .orderBy('failure_group_acts.at', 'desc')
    .orderBy('act', 'desc')
    .limit(MOST_ACTS)
    .execute();
  return rows
    .map((row) => ({
      ...{ groupId: row.group_id, act: row.act, type: row.type, at: row.at, requestedBy: row.requested_by },
      ...{ reason: row.reason, otherId: row.other_id, containing: row.containing, undoes: row.undoes },
      isUndone: row.is_undone,
    }))
    .toReversed();
}

const MOST_TITLE = 200;

function viewOf(row: Row): FailureGroupView {
  const { id, handler, class: name, message, frames, containing, resolution } = row;
  const fingerprint = { version: row.fingerprint_version, class: name, message, frames };
  const status = resolution === null ? 'open' : row.returned_at === null ? 'resolved' : 'returned';
  const text = containing === null ? '' : `. Their messages contain “${containing}”`;
  return {
    ...{ id, handler, class: name, title: `${name}: ${message}`.slice(0, MOST_TITLE).toWellFormed() },
    ...{ why: whyOneGroup(handler, fingerprint) + text, fingerprint: { ...fingerprint, containing }, status },
    ...{ firstSeenAt: row.first_seen_at, lastSeenAt: row.last_seen_at, lastEventId: row.last_event_id },
    ...{ events: Number(row.events), attempts: Number(row.attempts), dead: Number(row.dead) },
    handlerVersions: row.handler_versions,
    replays: { processed: Number(row.replays_processed), failed: Number(row.replays_failed) },
    ...{ note: resolution?.note ?? null, resolvedAt: resolution?.at ?? null },
    ...{ resolvedIn: resolution?.handlerVersion ?? null, returnedAt: row.returned_at, splitFrom: row.split_from },
  };
}
