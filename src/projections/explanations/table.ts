import type { ColumnType } from 'kysely';

/** One row for each explanation that was ever given. */
export interface ExplanationsTable {
  /** Of the transition. */
  id: string;
  group_id: string;
  /** The event whose failed attempt was looked at. */
  event_id: string;
  /** Null where no handler ran, or its version was not recorded. */
  handler_version: string | null;
  /** Whether someone asked for it. */
  is_requested: boolean;
  at: ColumnType<Date, string, string>;
  /** Of the transition in the log: the latest explanation is the one that is shown. */
  position: string;
  /** The transition's data, as JSON text. */
  explanation: string;
}

/** The columns' types in SQL, for parameters that carry many rows. */
export const columnTypes = {
  id: 'uuid',
  group_id: 'uuid',
  event_id: 'uuid',
  handler_version: 'text',
  is_requested: 'boolean',
  at: 'timestamptz',
  position: 'bigint',
  explanation: 'text',
} as const satisfies Readonly<Record<keyof ExplanationsTable, string>>;
