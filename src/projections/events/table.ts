import type { ColumnType } from 'kysely';
import type { EventStatus } from '../../domain/event/status.ts';

/** RFC 3339 text in, `Date` out: what `pg` does with timestamptz. */
type Moment = ColumnType<Date, string, string>;
type OptionalMoment = ColumnType<Date | null, string | null, string | null>;

/** One row for each event: the fold of its stream, as the user's roadmap names the columns. */
export interface EventsTable {
  id: string;
  idempotency_key: string;
  client_id: string;
  source: string;
  type: string;
  /** For searches. Null where `jsonb` cannot hold the value; never shown, because it keeps the value and not the text. */
  payload: ColumnType<unknown, string | null | undefined, string | null>;
  /** The client's JSON text, byte for byte: what every query returns. */
  payload_text: string;
  status: EventStatus;
  created_at: Moment;
  updated_at: Moment;
  processed_at: OptionalMoment;
  error_reason: string | null;
  failure_fingerprint: string | null;
  generation: number;
  attempts: number;
  next_attempt_at: OptionalMoment;
  ordering_key: string | null;
  trace_id: string | null;
  /** Of the last transition that the row contains; guards against applying one twice. */
  revision: string;
}

/** The columns' types in SQL, for parameters that carry many rows. */
export const columnTypes = {
  id: 'uuid',
  idempotency_key: 'text',
  client_id: 'text',
  source: 'text',
  type: 'text',
  payload: 'jsonb',
  status: 'text',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
  processed_at: 'timestamptz',
  error_reason: 'text',
  failure_fingerprint: 'text',
  generation: 'integer',
  attempts: 'integer',
  next_attempt_at: 'timestamptz',
  ordering_key: 'text',
  trace_id: 'text',
  revision: 'bigint',
  payload_text: 'text',
} as const satisfies Readonly<Record<keyof EventsTable, string>>;

/** An event as a client sees it. Times are RFC 3339 in UTC with milliseconds. */
export interface EventView {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly status: EventStatus;
  readonly idempotencyKey: string;
  /** JSON text. */
  readonly payload: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly processedAt: string | null;
  readonly errorReason: string | null;
  readonly generation: number;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly revision: number;
  /** Whose event it is; not shown to clients. */
  readonly clientId: string;
}
