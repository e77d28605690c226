import { sql } from 'kysely';
import type { CreateTables } from '../read-model.ts';

export const createDeadLettersTables: CreateTables = (named) => [
  sql`
    create table if not exists ${named('dead_events')} (
      event_id uuid constraint dead_events_pkey primary key,
      type text not null,
      source text not null,
      client_id text not null,
      received_at timestamptz not null,
      died_at timestamptz not null,
      reason text not null,
      class text not null,
      error text not null,
      fingerprint text not null,
      group_id uuid not null,
      attempts integer not null,
      generation integer not null,
      revision bigint not null
    )`,
  sql`
    create table if not exists ${named('undecided_failures')} (
      event_id uuid constraint undecided_failures_pkey primary key,
      class text not null,
      error text not null,
      fingerprint text not null,
      group_id uuid not null,
      revision bigint not null
    )`,
];

export const createDeadLettersIndexes: CreateTables = (named) => [
  sql`create index if not exists dead_events_by_death on ${named('dead_events')} (died_at, event_id)`,
  sql`create index if not exists dead_events_by_type on ${named('dead_events')} (type, died_at)`,
  sql`create index if not exists dead_events_by_group on ${named('dead_events')} (group_id, died_at)`,
];
