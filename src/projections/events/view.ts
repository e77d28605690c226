import type { EventRow } from './project.ts';
import type { EventView } from './table.ts';

type ViewedColumn =
  | 'id'
  | 'type'
  | 'source'
  | 'status'
  | 'idempotency_key'
  | 'payload'
  | 'created_at'
  | 'updated_at'
  | 'processed_at'
  | 'error_reason'
  | 'generation'
  | 'attempts'
  | 'next_attempt_at'
  | 'revision'
  | 'client_id';

/** A row as it is written, or as it is read: with its moments as `Date`. */
export type ViewedRow = {
  readonly [Column in ViewedColumn]: EventRow[Column] | (Column extends `${string}_at` ? Date : never);
};

export const viewOf = (row: ViewedRow): EventView => ({
  id: row.id,
  type: row.type,
  source: row.source,
  status: row.status,
  idempotencyKey: row.idempotency_key,
  payload: row.payload,
  createdAt: momentOf(row.created_at),
  updatedAt: momentOf(row.updated_at),
  processedAt: optional(row.processed_at),
  errorReason: row.error_reason,
  generation: row.generation,
  attempts: row.attempts,
  nextAttemptAt: optional(row.next_attempt_at),
  revision: Number(row.revision),
  clientId: row.client_id,
});

const momentOf = (moment: string | Date) => (typeof moment === 'string' ? moment : moment.toISOString());
const optional = (moment: string | Date | null) => (moment === null ? null : momentOf(moment));
