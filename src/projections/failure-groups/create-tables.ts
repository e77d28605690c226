import { sql } from 'kysely';
import type { CreateTables } from '../read-model.ts';

export const createFailureGroupsTables: CreateTables = (named) => [
  sql`
    create table if not exists ${named('failure_groups')} (
      id uuid constraint failure_groups_pkey primary key,
      merged_into uuid,
      root_id uuid not null,
      handler text,
      class text not null,
      message text not null,
      frames jsonb not null,
      fingerprint_version integer not null,
      containing text,
      split_from uuid,
      splits jsonb not null,
      first_seen_at timestamptz not null,
      last_seen_at timestamptz not null,
      last_event_id uuid,
      events bigint not null,
      attempts bigint not null,
      dead bigint not null,
      handler_versions jsonb not null,
      replays_processed bigint not null,
      replays_failed bigint not null,
      resolution jsonb,
      returned_at timestamptz
    )`,
  sql`
    create table if not exists ${named('failure_group_events')} (
      group_id uuid not null,
      event_id uuid not null,
      constraint failure_group_events_pkey primary key (group_id, event_id)
    )`,
  sql`
    create table if not exists ${named('failed_events')} (
      event_id uuid constraint failed_events_pkey primary key,
      group_id uuid not null,
      is_dead boolean not null,
      replay_of uuid
    )`,
  sql`
    create table if not exists ${named('failure_group_acts')} (
      group_id uuid not null,
      act integer not null,
      type text not null,
      at timestamptz not null,
      requested_by text not null,
      reason text,
      other_id uuid,
      containing text,
      undoes integer,
      is_undone boolean not null,
      constraint failure_group_acts_pkey primary key (group_id, act)
    )`,
  sql`
    create table if not exists ${named('failure_groups_progress')} (
      is_only boolean constraint failure_groups_progress_pkey primary key default true check (is_only),
      position bigint not null
    )`,
];

export const createFailureGroupsIndexes: CreateTables = (named) => [
  sql`create index if not exists failure_groups_by_root on ${named('failure_groups')} (root_id)`,
  sql`create index if not exists failure_groups_by_merge on ${named('failure_groups')} (merged_into)`,
];
