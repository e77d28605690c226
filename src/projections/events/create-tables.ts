import { sql } from 'kysely';
import { PAYLOAD_INDEX } from '../payload-fields.ts';
import type { CreateTables } from '../read-model.ts';
import type { Named } from '../slots.ts';

export const createEventsTables: CreateTables = (named) => [
  sql`
    create table if not exists ${named('events')} (
      id uuid constraint events_pkey primary key,
      idempotency_key text not null,
      client_id text not null,
      source text not null,
      type text not null,
      payload jsonb,
      status text not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      processed_at timestamptz,
      error_reason text,
      failure_fingerprint text,
      generation integer not null,
      attempts integer not null,
      next_attempt_at timestamptz,
      ordering_key text,
      trace_id text,
      revision bigint not null,
      payload_text text not null
    )`,
  // No plan depends on what is in a payload, and sampling it is a third of what ANALYZE costs.
  sql`
    alter table ${named('events')}
      alter column payload set statistics 0,
      alter column payload_text set statistics 0`,
  sql`create or replace view ${named('dead_letters')} as select * from ${named('events')} where status = 'DEAD'`,
];

export const createEventsIndexes: CreateTables = (named) => [
  sql`create index if not exists events_by_age on ${named('events')} (created_at, id)`,
  sql`create index if not exists events_by_status on ${named('events')} (status, created_at)`,
  sql`
    create index if not exists events_by_failure on ${named('events')} (failure_fingerprint, created_at)
      where failure_fingerprint is not null`,
  // Counted by each process, again and again.
  sql`create index if not exists events_dead on ${named('events')} (type, updated_at) where status = 'DEAD'`,
  payloadIndexesOfRead(named),
];

/** A copy is found by the same fields of payloads as the rows that are read. Of those, each is there already. */
const payloadIndexesOfRead = (named: Named) => sql`
  do $$
  declare
    one record;
  begin
    for one in
      select relname, pg_get_indexdef(indexrelid) as definition
      from pg_index join pg_class on pg_class.oid = indexrelid
      where indrelid = to_regclass('events') and starts_with(relname, ${sql.lit(PAYLOAD_INDEX)})
    loop
      execute format('create index if not exists %I on ${named('events')} ', one.relname)
        || substring(one.definition from position(' USING ' in one.definition));
    end loop;
  end
  $$`;
