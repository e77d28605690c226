import { type SelectType, sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { migrateToLatest } from '../../../../src/adapters/postgres/migrate.ts';
import type { Database } from '../../../../src/projections/database.ts';
import { columnTypes } from '../../../../src/projections/events/table.ts';
import { readModels } from '../../../../src/projections/index.ts';
import { createProjectionStore } from '../../../../src/projections/projection-store.ts';
import type { Opened } from '../harness.ts';

/** What a row type says of its column, in the catalogue's words. */
type Described<Column> =
  unknown extends SelectType<Column>
    ? 'jsonb'
    : `${NameOf<NonNullable<SelectType<Column>>>}${null extends SelectType<Column> ? '' : ' not null'}`;
type NameOf<Value> = Value extends Buffer
  ? 'bytea'
  : Value extends Date
    ? 'timestamp with time zone'
    : Value extends number
      ? 'integer'
      : Value extends boolean
        ? 'boolean'
        : Value extends readonly number[]
          ? 'ARRAY'
          : Value extends object
            ? 'jsonb'
            : TextLike;
type TextLike = 'text' | 'uuid' | 'bigint' | 'tsvector';
type Tables = {
  readonly [Table in keyof Database]: { readonly [C in keyof Database[Table]]: Described<Database[Table][C]> };
};

/** Does not compile when a row type changes, and fails when what creates its table does. */
const tables: Tables = {
  api_key_uses: { key_id: 'uuid not null', used_at: 'timestamp with time zone not null' },
  access_counts: {
    id: 'uuid not null',
    first_at: 'timestamp with time zone not null',
    last_at: 'timestamp with time zone not null',
    act: 'text not null',
    code: 'text',
    route: 'text',
    principal: 'text',
    client_id: 'text',
    address: 'text',
    requests: 'bigint not null',
    payloads: 'bigint not null',
    first_request_id: 'text not null',
    last_request_id: 'text not null',
  },
  access_records: {
    id: 'uuid not null',
    at: 'timestamp with time zone not null',
    act: 'text not null',
    principal: 'text not null',
    client_id: 'text',
    address: 'text',
    request_id: 'text',
    stream: 'text not null',
    revision: 'bigint not null',
    transition_id: 'uuid not null',
    reason: 'text',
  },
  audit_tiles: { origin: 'text not null', path: 'text not null', bytes: 'bytea not null' },
  audit_trees: { origin: 'text not null', state: 'jsonb not null' },
  checkpoints: { subscriber: 'text not null', checkpoint: 'text not null', epoch: 'bigint not null' },
  cursor_key: { is_only: 'boolean not null', key: 'text not null' },
  dead_events: {
    event_id: 'uuid not null',
    type: 'text not null',
    source: 'text not null',
    client_id: 'text not null',
    received_at: 'timestamp with time zone not null',
    died_at: 'timestamp with time zone not null',
    reason: 'text not null',
    class: 'text not null',
    error: 'text not null',
    fingerprint: 'text not null',
    group_id: 'uuid not null',
    attempts: 'integer not null',
    generation: 'integer not null',
    revision: 'bigint not null',
  },
  replay_plans: {
    id: 'uuid not null',
    created_at: 'timestamp with time zone not null',
    step: 'text not null',
    state: 'jsonb not null',
    waiting: 'integer not null',
    replayed: 'integer not null',
    done: 'integer not null',
    dead: 'integer not null',
    skipped: 'integer not null',
    revision: 'bigint not null',
  },
  replay_plan_members: {
    plan_id: 'uuid not null',
    number: 'integer not null',
    event_id: 'uuid not null',
    revision: 'bigint not null',
    generation: 'integer not null',
    outcome: 'text not null',
    why: 'text',
  },
  undecided_failures: {
    event_id: 'uuid not null',
    class: 'text not null',
    error: 'text not null',
    fingerprint: 'text not null',
    group_id: 'uuid not null',
    revision: 'bigint not null',
  },
  event_statistics: {
    bucket: 'text not null',
    started_at: 'timestamp with time zone not null',
    type: 'text not null',
    received: 'bigint not null',
    started: 'bigint not null',
    processed: 'bigint not null',
    failed: 'bigint not null',
    interrupted: 'bigint not null',
    retried: 'bigint not null',
    dead: 'bigint not null',
    replayed: 'bigint not null',
    discarded: 'bigint not null',
    attempt_ms: 'jsonb not null',
    end_to_end_ms: 'jsonb not null',
  },
  events: {
    id: 'uuid not null',
    idempotency_key: 'text not null',
    client_id: 'text not null',
    source: 'text not null',
    type: 'text not null',
    payload: 'jsonb',
    status: 'text not null',
    created_at: 'timestamp with time zone not null',
    updated_at: 'timestamp with time zone not null',
    processed_at: 'timestamp with time zone',
    error_reason: 'text',
    failure_fingerprint: 'text',
    generation: 'integer not null',
    attempts: 'integer not null',
    next_attempt_at: 'timestamp with time zone',
    ordering_key: 'text',
    trace_id: 'text',
    revision: 'bigint not null',
    payload_text: 'text not null',
  },
  explainer_calls: { day: 'text not null', calls: 'integer not null' },
  explanations: {
    id: 'uuid not null',
    group_id: 'uuid not null',
    event_id: 'uuid not null',
    handler_version: 'text',
    is_requested: 'boolean not null',
    at: 'timestamp with time zone not null',
    position: 'bigint not null',
    explanation: 'text not null',
  },
  failure_groups: {
    id: 'uuid not null',
    merged_into: 'uuid',
    root_id: 'uuid not null',
    handler: 'text',
    class: 'text not null',
    message: 'text not null',
    frames: 'jsonb not null',
    fingerprint_version: 'integer not null',
    containing: 'text',
    split_from: 'uuid',
    splits: 'jsonb not null',
    first_seen_at: 'timestamp with time zone not null',
    last_seen_at: 'timestamp with time zone not null',
    last_event_id: 'uuid',
    events: 'bigint not null',
    attempts: 'bigint not null',
    dead: 'bigint not null',
    handler_versions: 'jsonb not null',
    replays_processed: 'bigint not null',
    replays_failed: 'bigint not null',
    resolution: 'jsonb',
    returned_at: 'timestamp with time zone',
  },
  failure_group_events: {
    group_id: 'uuid not null',
    event_id: 'uuid not null',
  },
  failed_events: {
    event_id: 'uuid not null',
    group_id: 'uuid not null',
    is_dead: 'boolean not null',
    replay_of: 'uuid',
  },
  failure_group_acts: {
    group_id: 'uuid not null',
    act: 'integer not null',
    type: 'text not null',
    at: 'timestamp with time zone not null',
    requested_by: 'text not null',
    reason: 'text',
    other_id: 'uuid',
    containing: 'text',
    undoes: 'integer',
    is_undone: 'boolean not null',
  },
  failure_groups_progress: {
    is_only: 'boolean not null',
    position: 'bigint not null',
  },
  failure_statistics: {
    bucket: 'text not null',
    started_at: 'timestamp with time zone not null',
    class: 'text not null',
    fingerprint: 'text not null',
    failures: 'bigint not null',
  },
  due_work: {
    id: 'uuid not null',
    kind: 'text not null',
    generation: 'integer not null',
    attempts: 'integer not null',
    revision: 'bigint not null',
    due_at: 'timestamp with time zone',
    ask_at: 'timestamp with time zone not null',
    asks: 'integer not null',
    recorded_at: 'timestamp with time zone',
  },
  failure_texts: {
    group_id: 'uuid not null',
    text_id: 'uuid not null',
    class: 'text not null',
    message: 'text not null',
    position: 'bigint not null',
  },
  failure_vectors: {
    text_id: 'uuid not null',
    text: 'text not null',
    terms: 'tsvector not null',
    model: 'text not null',
    dimension: 'integer not null',
    embedding: 'ARRAY',
  },
  leases: {
    name: 'text not null',
    owner: 'text not null',
    epoch: 'bigint not null',
    expires_at: 'timestamp with time zone not null',
  },
  log_segments: {
    from_checkpoint: 'text',
    from_position: 'bigint not null',
    to_checkpoint: 'text not null',
    to_position: 'bigint not null',
    leaves_before: 'bigint not null',
    leaves: 'bigint not null',
    earliest: 'text not null',
    latest: 'text not null',
  },
  projection_copies: {
    projection: 'text not null',
    slot: 'text not null',
    version: 'integer not null',
    rebuild_id: 'text',
  },
  projection_failures: {
    subscriber: 'text not null',
    stream: 'text not null',
    revision: 'bigint not null',
    transition_id: 'uuid not null',
    type: 'text not null',
    reason: 'text not null',
    failed_at: 'timestamp with time zone not null',
    tries: 'integer not null',
    next_try_at: 'timestamp with time zone not null',
  },
  projection_states: { subscriber: 'text not null', is_caught_up: 'boolean not null' },
  rebuild_progress: {
    projection: 'text not null',
    rebuild_id: 'text not null',
    work: 'text not null',
    handled: 'bigint not null',
    head: 'bigint not null',
    share: 'integer not null',
    transitions: 'bigint not null',
    rows_compared: 'bigint not null',
    rate: 'integer not null',
    waits_for: 'text',
    moved_at: 'timestamp with time zone not null',
    reported_at: 'timestamp with time zone not null',
  },
  shared_counts: {
    what: 'text not null',
    key: 'text not null',
    process: 'text not null',
    count: 'bigint not null',
    reported_at: 'timestamp with time zone not null',
  },
  statistics_open_events: {
    id: 'uuid not null',
    type: 'text not null',
    began_at: 'timestamp with time zone not null',
  },
  statistics_progress: { is_only: 'boolean not null', position: 'bigint not null' },
};

interface CatalogueColumn {
  readonly table: string;
  readonly column: string;
  readonly description: string;
}

export function schemaClauses(under: Opened): void {
  const columns = async () =>
    (
      await sql<CatalogueColumn>`
        select c.table_name as table, column_name as column,
          data_type || case is_nullable when 'NO' then ' not null' else '' end as description
        from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
        where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not like 'kysely%'
        order by c.table_name, ordinal_position`.execute(under().db)
    ).rows;

  describe('the schema', () => {
    beforeAll(async () => {
      // What no migration creates, its projector does.
      for (const readModel of readModels) await createProjectionStore(under().db, readModel).load();
    });

    it('has the columns that the row types name', async () => {
      const found: Record<string, Record<string, string>> = {};
      for (const { table, column, description } of await columns())
        found[table] = { ...found[table], [column]: description };
      expect(found).toEqual(tables);
    });

    it('has the types that rows are written with', () => {
      const longNames: Readonly<Record<string, string>> = { timestamptz: 'timestamp with time zone' };
      const written = Object.entries(columnTypes).map(([name, type]) => [name, longNames[type] ?? type]);
      const described = Object.entries(tables.events).map(([name, type]) => [name, type.replace(' not null', '')]);
      expect(written).toEqual(described);
    });

    it('is the one that was looked at: a change of it shows in schema.txt', async () => {
      const { rows: indexes } = await sql<{ definition: string }>`
        select indexdef as definition from pg_indexes
        where schemaname = 'public' and tablename not like 'kysely%' order by indexdef`.execute(under().db);
      // By columns, because servers of different versions print the statement differently.
      const { rows: views } = await sql<{ name: string; columns: string }>`
        select table_name as name, string_agg(column_name, ', ' order by ordinal_position) as columns
        from information_schema.columns join information_schema.views using (table_schema, table_name)
        where table_schema = 'public' group by table_name order by table_name`.execute(under().db);
      const lines = [
        ...(await columns()).map(({ table, column, description }) => `${table}.${column} ${description}`),
        ...indexes.map(({ definition }) => definition),
        ...views.map(({ name, columns: shown }) => `VIEW ${name} (${shown})`),
      ];
      await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('schema.txt');
    });

    it('is not migrated twice, nor by two at once', async () => {
      const { db } = under();
      expect(await Promise.all([migrateToLatest(db), migrateToLatest(db)])).toEqual([[], []]);
    });
  });
}
