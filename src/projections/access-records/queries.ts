import { type SqlBool, sql } from 'kysely';
import { actTypes } from '../../application/acts.ts';
import { countedActs } from '../../application/ports/access-counts.ts';
import type { ReadDatabase } from '../database.ts';
import { utcText } from '../utc-text.ts';

/** What may be asked for as an act: what is in the log, and what is counted beside it. */
export const recordedActs: readonly string[] = [...actTypes, ...countedActs];

/** All that are given must hold. Times are RFC 3339. */
export interface AccessFilters {
  readonly principal?: string | undefined;
  readonly act?: string | undefined;
  /** At or after. */
  readonly since?: string | undefined;
  /** Before. */
  readonly until?: string | undefined;
}

/** An act, or a number of requests of one kind. Times are RFC 3339 in UTC with milliseconds. */
export interface AccessRecordView {
  readonly id: string;
  readonly act: string;
  /** Of the act, or of the first of the requests. */
  readonly at: string;
  readonly principal: string | null;
  readonly clientId: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
  /** Of an act: the transition that it is in the log; `null` of what is counted. */
  readonly transition: {
    readonly stream: string;
    readonly revision: number;
    readonly id: string;
    readonly reason: string | null;
  } | null;
  /** Of requests that were counted; `null` of an act. */
  readonly count: {
    readonly requests: number;
    readonly payloads: number;
    readonly route: string | null;
    readonly code: string | null;
    readonly lastAt: string;
    readonly lastRequestId: string;
  } | null;
}

/** A record's position in the list: newest first, and by id among those of one moment. */
interface AccessRecordPlace {
  readonly at: string;
  readonly id: string;
}

interface Page {
  /** Most items. */
  readonly limit: number;
  /** Where the page before ended; absent for the first. */
  readonly after?: AccessRecordPlace | undefined;
}

/**
 * A page of the newest records, and where the next one begins; `null` at the end. Acts come from the read model, counts from
 * the table beside it, each through an index in the order of the list, and no more of each than the page may hold.
 * @throws {ReadDatabaseUnavailable}
 */
export async function listAccessRecords(
  db: ReadDatabase,
  filters: AccessFilters,
  { limit, after }: Page,
): Promise<{ readonly items: readonly AccessRecordView[]; readonly next: AccessRecordPlace | null }> {
  const { act } = filters;
  const most = limit + 1;
  const acts = actsOf(db, filters, { limit: most, after });
  const counts = countsOf(db, filters, { limit: most, after });
  const all = db.selectFrom(acts.as('acts')).selectAll();
  const found =
    act === undefined
      ? all.unionAll(db.selectFrom(counts.as('counts')).selectAll())
      : actTypes.includes(act)
        ? all
        : db.selectFrom(counts.as('counts')).selectAll();
  const rows = await db
    .selectFrom(found.as('found'))
    .select([utcText('at'), utcText('last_at')])
    .select(['id', 'act', 'principal', 'client_id', 'address', 'request_id', 'stream', 'revision', 'transition_id'])
    .select(['reason', 'requests', 'payloads', 'route', 'code', 'last_request_id'])
    .orderBy('found.at', 'desc')
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
  const items = rows.slice(0, limit).map(viewOf);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? { at: last.at, id: last.id } : null };
}

/** What a row of either table is brought to. */
interface FoundRow {
  readonly id: string;
  readonly at: string;
  readonly act: string;
  readonly principal: string | null;
  readonly client_id: string | null;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly stream: string | null;
  readonly revision: string | null;
  readonly transition_id: string | null;
  readonly reason: string | null;
  readonly requests: string | null;
  readonly payloads: string | null;
  readonly route: string | null;
  readonly code: string | null;
  readonly last_at: string | null;
  readonly last_request_id: string | null;
}

const none = <Name extends string>(type: 'text' | 'bigint' | 'uuid' | 'timestamptz', name: Name) =>
  sql<never>`null::${sql.raw(type)}`.as(name);

function actsOf(db: ReadDatabase, { principal, act, since, until }: AccessFilters, { limit, after }: Page) {
  let query = db
    .selectFrom('access_records')
    .select(['id', 'at', 'act', 'principal', 'client_id', 'address', 'request_id'])
    .select(['stream', 'revision', 'transition_id', 'reason'])
    .select([none('bigint', 'requests'), none('bigint', 'payloads'), none('text', 'route'), none('text', 'code')])
    .select([none('timestamptz', 'last_at'), none('text', 'last_request_id')]);
  if (principal !== undefined) query = query.where('principal', '=', principal);
  if (act !== undefined) query = query.where('act', '=', act);
  if (since !== undefined) query = query.where('at', '>=', sql<Date>`${since}`);
  if (until !== undefined) query = query.where('at', '<', sql<Date>`${until}`);
  if (after !== undefined) query = query.where(sql<SqlBool>`(at, id) < (${after.at}, ${after.id})`);
  return query.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).$castTo<FoundRow>();
}

function countsOf(db: ReadDatabase, { principal, act, since, until }: AccessFilters, { limit, after }: Page) {
  let query = db
    .selectFrom('access_counts')
    .select(['id', 'first_at as at', 'act', 'principal', 'client_id', 'address', 'first_request_id as request_id'])
    .select([none('text', 'stream'), none('bigint', 'revision'), none('uuid', 'transition_id'), none('text', 'reason')])
    .select(['requests', 'payloads', 'route', 'code', 'last_at', 'last_request_id']);
  if (principal !== undefined) query = query.where('principal', '=', principal);
  if (act !== undefined) query = query.where('act', '=', act);
  if (since !== undefined) query = query.where('first_at', '>=', sql<Date>`${since}`);
  if (until !== undefined) query = query.where('first_at', '<', sql<Date>`${until}`);
  if (after !== undefined) query = query.where(sql<SqlBool>`(first_at, id) < (${after.at}, ${after.id})`);
  return query.orderBy('first_at', 'desc').orderBy('id', 'desc').limit(limit).$castTo<FoundRow>();
}

const viewOf = (row: FoundRow): AccessRecordView => ({
  ...{ id: row.id, act: row.act, at: row.at, principal: row.principal, clientId: row.client_id, address: row.address },
  requestId: row.request_id,
  transition:
    row.stream === null || row.transition_id === null
      ? null
      : { stream: row.stream, revision: Number(row.revision), id: row.transition_id, reason: row.reason },
  count:
    row.last_at === null || row.last_request_id === null
      ? null
      : {
          ...{ requests: Number(row.requests), payloads: Number(row.payloads), route: row.route, code: row.code },
          ...{ lastAt: row.last_at, lastRequestId: row.last_request_id },
        },
});
