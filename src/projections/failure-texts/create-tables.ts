import { sql } from 'kysely';
import type { CreateTables } from '../read-model.ts';

export const createFailureTextsTables: CreateTables = (named) => [
  sql`
    create table if not exists ${named('failure_texts')} (
      group_id uuid constraint failure_texts_pkey primary key,
      text_id uuid not null,
      class text not null,
      message text not null,
      position bigint not null
    )`,
];

export const createFailureTextsIndexes: CreateTables = (named) => [
  sql`create index if not exists failure_texts_by_text on ${named('failure_texts')} (text_id)`,
  sql`create index if not exists failure_texts_by_position on ${named('failure_texts')} (position)`,
];
