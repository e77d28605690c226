import { sql } from 'kysely';
import type { CreateTables } from '../read-model.ts';

export const createDueWorkTables: CreateTables = (named) => [
  sql`
    create table if not exists ${named('due_work')} (
      id uuid constraint due_work_pkey primary key,
      kind text not null,
      generation integer not null,
      attempts integer not null,
      revision bigint not null,
      due_at timestamptz,
      ask_at timestamptz not null,
      asks integer not null default 0,
      recorded_at timestamptz
    )`,
];

export const createDueWorkIndexes: CreateTables = (named) => [
  // Each kind is taken by itself, so that many rows of one that have to wait hide none of another.
  sql`create index if not exists due_work_by_time on ${named('due_work')} (kind, ask_at)`,
];
