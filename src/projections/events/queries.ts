import { type SqlBool, sql } from 'kysely';
import { decodeTransition } from '../../application/decode-transition.ts';
import type { RecordedTransition } from '../../application/ports/event-log.ts';
import type { EventStatus } from '../../domain/event/state.ts';
import type { ReadDatabase } from '../database.ts';
import { foldByEvent, isWholeRow } from './project.ts';
import type { EventView } from './table.ts';
import { type ViewedRow, viewOf } from './view.ts';

export type { ReadDatabase } from '../database.ts';
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
}

/** An event's place in every list: newest first, and by id among those of one moment. */
export interface EventPlace {
  readonly createdAt: string;
  readonly id: string;
}

const viewed = [
  'id',
  'type',
  'source',
  'status',
  'idempotency_key',
  sql<string>`payload::text`.as('payload'),
  'created_at',
  'updated_at',
  'processed_at',
  'error_reason',
  'generation',
  'attempts',
  'next_attempt_at',
  'revision',
  'client_id',
] as const;

/**
 * The event's row, which may be older than its history; `null` where the projection has not come yet.
 * @param id a UUID. @throws {ReadDatabaseUnavailable}
 */
export async function findEvent(db: ReadDatabase, id: string): Promise<EventView | null> {
  const row = await db.selectFrom('events').select(viewed).where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : viewOf(row);
}

/**
 * A page of the newest events, and where the next one begins; `null` at the end. Pages neither repeat nor leave out an
 * event that is there throughout: the place is a value, not a count. Status, failure and time come from an index; the
 * other filters are checked along the way, so a rare value costs a walk through the table.
 * @throws {ReadDatabaseUnavailable}
 */
export async function listEvents(
  db: ReadDatabase,
  filters: EventFilters,
  { limit, after }: { readonly limit: number; readonly after?: EventPlace | undefined },
): Promise<{ readonly items: readonly EventView[]; readonly next: EventPlace | null }> {
  let query = db.selectFrom('events').select(viewed);
  const { status, type, source, clientId, createdAfter, createdBefore, failure } = filters;
  if (status !== undefined) query = query.where('status', '=', status);
  if (type !== undefined) query = query.where('type', '=', type);
  if (source !== undefined) query = query.where('source', '=', source);
  if (clientId !== undefined) query = query.where('client_id', '=', clientId);
  if (failure !== undefined) query = query.where('failure_fingerprint', '=', failure);
  if (createdAfter !== undefined) query = query.where('created_at', '>', sql<Date>`${createdAfter}`);
  if (createdBefore !== undefined) query = query.where('created_at', '<', sql<Date>`${createdBefore}`);
  if (after !== undefined) query = query.where(sql<SqlBool>`(created_at, id) < (${after.createdAt}, ${after.id})`);
  const rows: readonly ViewedRow[] = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(viewOf);
  const last = items.at(-1);
  const isMore = rows.length > limit && last !== undefined;
  return { items, next: isMore ? { createdAt: last.createdAt, id: last.id } : null };
}

/**
 * What the row will be once the projection has come as far as `history`, an event's whole stream; `null` for an empty
 * one. @throws {UndecodableTransition}
 */
export function eventFromHistory(history: readonly RecordedTransition[]): EventView | null {
  const [row] = foldByEvent(history.map((recorded) => ({ recorded, transition: decodeTransition(recorded) })));
  return row !== undefined && isWholeRow(row) ? viewOf(row) : null;
}
