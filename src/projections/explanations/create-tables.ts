import { sql } from 'kysely';
import type { CreateTables } from '../read-model.ts';

export const createExplanationsTables: CreateTables = (named) => [
  sql`
    create table if not exists ${named('explanations')} (
      id uuid constraint explanations_pkey primary key,
      group_id uuid not null,
      event_id uuid not null,
      handler_version text,
      is_requested boolean not null,
      at timestamptz not null,
      position bigint not null,
      explanation text not null
    )`,
];

export const createExplanationsIndexes: CreateTables = (named) => [
  sql`create index if not exists explanations_by_group on ${named('explanations')} (group_id, position)`,
  sql`create index if not exists explanations_by_event on ${named('explanations')} (event_id, position)`,
];
