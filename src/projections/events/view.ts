import type { EventRow } from './project.ts';
import type { EventView } from './table.ts';

/** What of a row is seen. */
export const viewedColumns = [
  'id',
  'type',
  'source',
  'status',
  'idempotency_key',
  'payload_text',
  'created_at',
  'updated_at',
  'processed_at',
  'error_reason',
  'generation',
  'attempts',
  'next_attempt_at',
  'revision',
  'client_id',
] as const satisfies readonly (keyof EventRow)[];

/** A row as it is written. Queries give its moments the same form, so that they read alike from rows and from the log. */
export type ViewedRow = Pick<EventRow, (typeof viewedColumns)[number]>;

export const viewOf = (row: ViewedRow): EventView => ({
  id: row.id,
  type: row.type,
  source: row.source,
  status: row.status,
  idempotencyKey: row.idempotency_key,
  payload: row.payload_text,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  processedAt: row.processed_at,
  errorReason: row.error_reason,
  generation: row.generation,
  attempts: row.attempts,
  nextAttemptAt: row.next_attempt_at,
  revision: Number(row.revision),
  clientId: row.client_id,
});
