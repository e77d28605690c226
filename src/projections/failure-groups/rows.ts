import { sql } from 'kysely';
import type { IdentifiedGroup } from '../../application/failure-groups/identity.ts';
import type { SlotTransaction } from '../read-model.ts';
import { storable } from '../storable.ts';
import { utcText } from '../utc-text.ts';
import type { Resolution, Split } from './table.ts';

/** A row of a group while a batch is folded. */
export interface GroupRow {
  readonly id: string;
  merged_into: string | null;
  root_id: string;
  readonly handler: string | null;
  readonly class: string;
  readonly message: string;
  readonly frames: readonly string[];
  readonly fingerprint_version: number;
  readonly containing: string | null;
  readonly split_from: string | null;
  splits: readonly Split[];
  first_seen_at: string;
  last_seen_at: string;
  last_event_id: string | null;
  events: number;
  attempts: number;
  dead: number;
  handler_versions: readonly string[];
  replays_processed: number;
  replays_failed: number;
  resolution: Resolution | null;
  returned_at: string | null;
}

export interface EventRow {
  readonly event_id: string;
  group_id: string;
  is_dead: boolean;
  replay_of: string | null;
}

export function newGroupRow({ id, of }: IdentifiedGroup, at: string): GroupRow {
  return {
    ...{ id, merged_into: null, root_id: id, handler: of.handler && storable(of.handler), class: storable(of.class) },
    ...{ message: storable(of.message), frames: of.frames.map(storable), fingerprint_version: of.fingerprintVersion },
    ...{ containing: of.containing && storable(of.containing), split_from: of.splitFrom, splits: [] },
    ...{ first_seen_at: at, last_seen_at: at, last_event_id: null, events: 0, attempts: 0, dead: 0 },
    ...{ handler_versions: [], replays_processed: 0, replays_failed: 0, resolution: null, returned_at: null },
  };
}

const columns = {
  ...{ id: 'uuid', merged_into: 'uuid', root_id: 'uuid', handler: 'text', class: 'text', message: 'text' },
  ...{ frames: 'jsonb', fingerprint_version: 'integer', containing: 'text', split_from: 'uuid', splits: 'jsonb' },
  ...{ first_seen_at: 'timestamptz', last_seen_at: 'timestamptz', last_event_id: 'uuid', events: 'bigint' },
  ...{ attempts: 'bigint', dead: 'bigint', handler_versions: 'jsonb', replays_processed: 'bigint' },
  ...{ replays_failed: 'bigint', resolution: 'jsonb', returned_at: 'timestamptz' },
} as const satisfies Readonly<Record<keyof GroupRow, string>>;

const names = sql.raw(Object.keys(columns).join(', '));
const types = sql.raw(
  Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(', '),
);
const replaced = sql.raw(
  Object.keys(columns)
    .filter((name) => name !== 'id')
    .map((name) => `${name} = excluded.${name}`)
    .join(', '),
);

type Stored = Omit<GroupRow, 'events' | 'attempts' | 'dead' | 'replays_processed' | 'replays_failed'> &
  Record<'events' | 'attempts' | 'dead' | 'replays_processed' | 'replays_failed', string>;

export async function loadGroups(
  { transaction, named }: SlotTransaction,
  ids: readonly string[],
): Promise<readonly GroupRow[]> {
  const { rows } = await sql<Stored>`
    select id, merged_into, root_id, handler, class, message, frames, fingerprint_version, containing, split_from, splits,
      ${utcText('first_seen_at')}, ${utcText('last_seen_at')}, last_event_id, events, attempts, dead, handler_versions,
      replays_processed, replays_failed, resolution, ${utcText('returned_at')}
    from ${named('failure_groups')} where id = any(${ids}::uuid[])`.execute(transaction);
  return rows.map((row) => ({
    ...row,
    ...{ events: Number(row.events), attempts: Number(row.attempts), dead: Number(row.dead) },
    ...{ replays_processed: Number(row.replays_processed), replays_failed: Number(row.replays_failed) },
  }));
}

export async function keepGroups({ transaction, named }: SlotTransaction, rows: readonly GroupRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into ${named('failure_groups')} (${names})
    select ${names} from json_to_recordset(${JSON.stringify(rows)}::json) as given (${types})
    on conflict (id) do update set ${replaced}`.execute(transaction);
}

export async function loadEvents(
  { transaction, named }: SlotTransaction,
  ids: readonly string[],
): Promise<readonly EventRow[]> {
  const { rows } = await sql<EventRow>`
    select event_id, group_id, is_dead, replay_of from ${named('failed_events')}
    where event_id = any(${ids}::uuid[])`.execute(transaction);
  return rows;
}

export async function keepEvents({ transaction, named }: SlotTransaction, rows: readonly EventRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into ${named('failed_events')} (event_id, group_id, is_dead, replay_of)
    select event_id, group_id, is_dead, replay_of
    from json_to_recordset(${JSON.stringify(rows)}::json) as given (
      event_id uuid, group_id uuid, is_dead boolean, replay_of uuid
    )
    on conflict (event_id) do update set
      group_id = excluded.group_id, is_dead = excluded.is_dead, replay_of = excluded.replay_of`.execute(transaction);
}

/** @returns the groups, once for each event that they did not have. */
export async function keepMembers(
  { transaction, named }: SlotTransaction,
  members: readonly { readonly group_id: string; readonly event_id: string }[],
): Promise<readonly string[]> {
  if (members.length === 0) return [];
  const { rows } = await sql<{ group_id: string }>`
    insert into ${named('failure_group_events')} (group_id, event_id)
    select distinct group_id, event_id
    from json_to_recordset(${JSON.stringify(members)}::json) as given (group_id uuid, event_id uuid)
    on conflict do nothing
    returning group_id`.execute(transaction);
  return rows.map(({ group_id }) => group_id);
}
