import type { ColumnType } from 'kysely';

/** One row for each act in the log: who did what, when, and from where. */
export interface AccessRecordsTable {
  /** Made from stream and revision. */
  id: string;
  at: ColumnType<Date, string, string>;
  /** The transition's type. */
  act: string;
  /** The subject of the token, or the process of ours, that acted. */
  principal: string;
  /** Null for a process. */
  client_id: string | null;
  /** Null where there was none, and in histories of before addresses were recorded. */
  address: string | null;
  request_id: string | null;
  stream: string;
  revision: string;
  transition_id: string;
  reason: string | null;
}

/** The columns' types in SQL, for parameters that carry many rows. */
export const columnTypes = {
  id: 'uuid',
  at: 'timestamptz',
  act: 'text',
  principal: 'text',
  client_id: 'text',
  address: 'text',
  request_id: 'text',
  stream: 'text',
  revision: 'bigint',
  transition_id: 'uuid',
  reason: 'text',
} as const satisfies Readonly<Record<keyof AccessRecordsTable, string>>;
