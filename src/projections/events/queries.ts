import { type SqlBool, sql } from 'kysely';
import { decodeEventTransition } from '../../application/event-history.ts';
import type { StoredTransition } from '../../application/sealed-transition.ts';
import { type EventStatus, statusAfter } from '../../domain/event/status.ts';
import type { TransitionData } from '../../domain/event/transitions.ts';
import type { ReadDatabase } from '../database.ts';
import { hasValue, type PayloadFilter } from '../payload-fields.ts';
import { utcText } from '../utc-text.ts';
import { columnsOfNew, foldByEvent, isWholeRow } from './project.ts';
import type { EventView } from './table.ts';
import { type ViewedRow, viewedColumns, viewOf } from './view.ts';

export type { ReadDatabase } from '../database.ts';
export type { PayloadFilter } from '../payload-fields.ts';
export { fieldsWithoutIndex } from './payload-indexes.ts';
export type { EventView } from './table.ts';

/** All that are given must hold. Times are RFC 3339; one that is equal is neither after nor before. */
export interface EventFilters {
  readonly status?: EventStatus | undefined;
  readonly type?: string | undefined;
  readonly source?: string | undefined;
  readonly clientId?: string | undefined;
  readonly createdAfter?: string | undefined;
  readonly createdBefore?: string | undefined;
  /** The fingerprint of the last failure. */
  readonly failure?: string | undefined;
  readonly payload?: readonly PayloadFilter[] | undefined;
}

/** An event's position in every list: newest first, and by id among those of one moment. */
export interface EventPlace {
  readonly createdAt: string;
  readonly id: string;
}

/** Bytes of text are as UTF-8 has them. */
export const pageLimits = { bytes: 4 * 1024 * 1024 } as const;

export interface Page {
  /** Most items. */
  readonly limit: number;
  /** Most bytes of payloads and reasons. A page has at least one item all the same, so that each list has an end. */
  readonly maxBytes?: number | undefined;
  /** Where the page before ended; absent for the first. */
  readonly after?: EventPlace | undefined;
}

const viewed = viewedColumns.map((column) => (column.endsWith('_at') ? utcText(column) : column));
const viewedButPayload = viewed.filter((column) => column !== 'payload_text');

/**
 * The event's row, which may be older than its history; `null` where the projection has not come yet.
 * @param id a UUID. @throws {ReadDatabaseUnavailable}
 */
export async function findEvent(db: ReadDatabase, id: string): Promise<EventView | null> {
  const row = await db.selectFrom('events').select(viewed).where('id', '=', id).$castTo<ViewedRow>().executeTakeFirst();
  return row === undefined ? null : viewOf(row);
}

/** Which of these events are a client's, as far as their rows say so. @throws {ReadDatabaseUnavailable} */
export async function eventsOfClient(
  db: ReadDatabase,
  clientId: string,
  eventIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (eventIds.length === 0) return new Set();
  const own = db.selectFrom('events').select('id').where('id', 'in', eventIds).where('client_id', '=', clientId);
  return new Set((await own.execute()).map(({ id }) => id));
}

/** Of the part of a list that ends with the row, so that a page can end before it is too large. */
const upToHere = sql`(order by created_at desc, id desc rows unbounded preceding)`;
/** Does not read the texts: their lengths are stored beside them. */
const weight = sql<number>`octet_length(payload_text) + coalesce(octet_length(error_reason), 0)`;

/**
 * A page of the newest events, and where the next one begins; `null` at the end. Pages neither repeat nor leave out an
 * event that is there throughout: the position is a value, not a count. Status, failure and time come from an index; the
 * other filters are checked along the way, so a rare value costs a walk through the table.
 *
 * A page ends early, with a next one, where its items would come to more than `maxBytes`; what does not fit never leaves
 * the database.
 * @throws {ReadDatabaseUnavailable}
 */
export async function listEvents(
  db: ReadDatabase,
  filters: EventFilters,
  { limit, maxBytes = pageLimits.bytes, after }: Page,
): Promise<{ readonly items: readonly EventView[]; readonly next: EventPlace | null }> {
  const candidates = matching(db, filters, after)
    .select(viewedColumns)
    .select([
      weight.as('weight'),
      sql<string>`sum(${weight}) over ${upToHere}`.as('bytes'),
      sql<string>`row_number() over ${upToHere}`.as('number'),
    ])
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  const fits = sql<boolean>`(number = 1 or bytes <= ${maxBytes}::bigint)`;
  const rows = await db
    .selectFrom(candidates.as('page'))
    .select(viewedButPayload)
    .select([fits.as('fits'), sql`case when ${fits} then payload_text end`.as('payload_text')])
    // The first that does not fit comes, too, without its payload: it shows that there is a next page.
    .where(sql<SqlBool>`number <= 2 or bytes - weight <= ${maxBytes}::bigint`)
    .orderBy('page.created_at', 'desc')
    .orderBy('page.id', 'desc')
    .$castTo<ViewedRow & { readonly fits: boolean }>()
    .execute();
  const items = rows
    .slice(0, limit)
    .filter(({ fits: isShown }) => isShown)
    .map(viewOf);
  const last = items.at(-1);
  const isMore = rows.length > items.length && last !== undefined;
  return { items, next: isMore ? { createdAt: last.createdAt, id: last.id } : null };
}

/**
 * Those of these events that have the status, in the order of `ids`, as many as come to `maxBytes` and at least one.
 * @returns with them how many of the ids that is, those included that are not shown. @throws {ReadDatabaseUnavailable}
 */
export async function findEvents(
  db: ReadDatabase,
  ids: readonly string[],
  { status, maxBytes = pageLimits.bytes }: { readonly status: EventStatus; readonly maxBytes?: number | undefined },
): Promise<{ readonly items: readonly EventView[]; readonly through: number }> {
  const inOrder = sql`(order by given.number rows unbounded preceding)`;
  const candidates = sql<ViewedRow & Numbered>`(
    select events.*, given.number, row_number() over ${inOrder} as rank, sum(${weight}) over ${inOrder} as bytes,
      count(*) over () as total
    from unnest(${ids}::uuid[]) with ordinality as given (id, number)
    join events using (id)
    where status = ${status}
  )`;
  const rows = await db
    .selectFrom(candidates.as('page'))
    .select([...viewed, 'number', 'total'])
    .where(sql<SqlBool>`rank = 1 or bytes <= ${maxBytes}::bigint`)
    .orderBy('number')
    .$castTo<ViewedRow & Numbered>()
    .execute();
  const last = rows.at(-1);
  const isAll = last === undefined || rows.length >= Number(last.total);
  return { items: rows.map(viewOf), through: isAll ? ids.length : Number(last.number) };
}

interface Numbered {
  readonly number: string;
  readonly total: string;
}

export interface WaitingEvents {
  /** By type, of events that are received or wait for a retry. */
  readonly byType: ReadonlyMap<string, number>;
  /** Whether all of them were counted. */
  readonly isComplete: boolean;
}

/** Events whose next attempt has not begun, as far as so many can be counted. @throws {ReadDatabaseUnavailable} */
export async function countWaiting(db: ReadDatabase, mostCounted: number): Promise<WaitingEvents> {
  const some = sql<{ type: string }>`(
    select type from events where status in ('RECEIVED', 'FAILED') limit ${mostCounted}::bigint
  )`;
  const rows = await db
    .selectFrom(some.as('waiting'))
    .select(['type', sql<string>`count(*)`.as('count')])
    .groupBy('type')
    .execute();
  const byType = new Map(rows.map(({ type, count }) => [type, Number(count)]));
  const all = [...byType.values()].reduce((sum, count) => sum + count, 0);
  return { byType, isComplete: all < mostCounted };
}

function matching(db: ReadDatabase, filters: EventFilters, after: EventPlace | undefined) {
  let query = db.selectFrom('events');
  const { status, type, source, clientId, createdAfter, createdBefore, failure, payload = [] } = filters;
  if (status !== undefined) query = query.where('status', '=', status);
  if (type !== undefined) query = query.where('type', '=', type);
  if (source !== undefined) query = query.where('source', '=', source);
  if (clientId !== undefined) query = query.where('client_id', '=', clientId);
  if (failure !== undefined) query = query.where('failure_fingerprint', '=', failure);
  if (createdAfter !== undefined) query = query.where('created_at', '>', sql<Date>`${createdAfter}`);
  if (createdBefore !== undefined) query = query.where('created_at', '<', sql<Date>`${createdBefore}`);
  for (const filter of payload) query = query.where(hasValue(filter));
  if (after !== undefined) query = query.where(sql<SqlBool>`(created_at, id) < (${after.createdAt}, ${after.id})`);
  return query;
}

/** What the row of an event will be that was received just now. */
export const newEvent = (id: string, received: TransitionData<'EventReceived'>, recordedAt: string): EventView =>
  viewOf({
    ...{ id, revision: '0', updated_at: recordedAt, status: statusAfter('EventReceived') },
    ...columnsOfNew(received, recordedAt),
  });

/**
 * What the row will be once the projection has come as far as `history`, an event's whole stream; `null` for an empty
 * one. @throws {UndecodableTransition}
 */
export function eventFromHistory(history: readonly StoredTransition[]): EventView | null {
  const [row] = foldByEvent(history.map((recorded) => ({ recorded, transition: decodeEventTransition(recorded) })));
  return row !== undefined && isWholeRow(row) ? viewOf(row) : null;
}
