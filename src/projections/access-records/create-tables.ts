import { sql } from 'kysely';
import type { CreateTables } from '../read-model.ts';

export const createAccessRecordsTables: CreateTables = (named) => [
  sql`
    create table if not exists ${named('access_records')} (
      id uuid constraint access_records_pkey primary key,
      at timestamptz not null,
      act text not null,
      principal text not null,
      client_id text,
      address text,
      request_id text,
      stream text not null,
      revision bigint not null,
      transition_id uuid not null,
      reason text
    )`,
];

/** An index for each filter, and each in the order of the list: its time, too, is then read from the index. */
export const createAccessRecordsIndexes: CreateTables = (named) => [
  sql`create index if not exists access_records_by_age on ${named('access_records')} (at, id)`,
  sql`create index if not exists access_records_by_act on ${named('access_records')} (act, at, id)`,
  sql`create index if not exists access_records_by_principal on ${named('access_records')} (principal, at, id)`,
  sql`
    create index if not exists access_records_by_principal_and_act
      on ${named('access_records')} (principal, act, at, id)`,
];
