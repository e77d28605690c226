import { sql } from 'kysely';
import type { CreateTables } from '../read-model.ts';

export const createReplayPlansTables: CreateTables = (named) => [
  sql`
    create table if not exists ${named('replay_plans')} (
      id uuid constraint replay_plans_pkey primary key,
      created_at timestamptz not null,
      step text not null,
      state jsonb not null,
      waiting integer not null,
      replayed integer not null,
      done integer not null,
      dead integer not null,
      skipped integer not null,
      revision bigint not null
    )`,
  sql`
    create table if not exists ${named('replay_plan_members')} (
      plan_id uuid not null,
      number integer not null,
      event_id uuid not null,
      revision bigint not null,
      generation integer not null,
      outcome text not null,
      why text,
      constraint replay_plan_members_pkey primary key (plan_id, number)
    )`,
  // Asked in every batch in which an event was replayed, or ended in a later generation than its first.
  sql`
    create index if not exists replay_plan_members_by_event on ${named('replay_plan_members')} (event_id)`,
];

export const createReplayPlansIndexes: CreateTables = (named) => [
  sql`create index if not exists replay_plans_by_age on ${named('replay_plans')} (created_at, id)`,
  sql`create index if not exists replay_plans_under_way on ${named('replay_plans')} (step) where step in ('running', 'paused', 'stopped')`,
  sql`
    create index if not exists replay_plan_members_not_done on ${named('replay_plan_members')} (plan_id, outcome, number)
      where outcome <> 'done'`,
];
