import { sql } from 'kysely';
import type { CreateTables } from '../read-model.ts';

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
];
