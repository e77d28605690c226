import { sql } from 'kysely';
import type { CreateTables } from '../read-model.ts';
import { countedNames } from './table.ts';

const counts = sql.raw(countedNames.map((name) => `${name} bigint not null`).join(', '));

export const createStatisticsTables: CreateTables = (named) => [
  sql`
    create table if not exists ${named('event_statistics')} (
      bucket text not null,
      started_at timestamptz not null,
      type text not null,
      ${counts},
      attempt_ms jsonb not null,
      end_to_end_ms jsonb not null,
      constraint event_statistics_pkey primary key (bucket, started_at, type)
    )`,
  sql`
    create table if not exists ${named('failure_statistics')} (
      bucket text not null,
      started_at timestamptz not null,
      class text not null,
      fingerprint text not null,
      failures bigint not null,
      constraint failure_statistics_pkey primary key (bucket, started_at, class, fingerprint)
    )`,
  sql`
    create table if not exists ${named('statistics_open_events')} (
      id uuid constraint statistics_open_events_pkey primary key,
      type text not null,
      began_at timestamptz not null
    )`,
  sql`
    create table if not exists ${named('statistics_progress')} (
      is_only boolean constraint statistics_progress_pkey primary key default true check (is_only),
      position bigint not null
    )`,
];
