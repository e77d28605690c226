import type { Kysely } from 'kysely';
import { deriveUuid } from '../../../src/application/event-identity.ts';
import type { Database } from '../../../src/projections/database.ts';
import type { EventRow } from '../../../src/projections/events/project.ts';
import { moment } from '../domain/transitions.ts';

/** The row of an event that waits for its command, told apart by its name. */
export const row = (name: string, changed: Partial<EventRow> = {}): EventRow => ({
  id: deriveUuid(name),
  idempotency_key: name,
  client_id: 'shop-backend',
  source: 'shop',
  type: 'order.placed',
  payload_text: '{"orderId":1}',
  status: 'RECEIVED',
  created_at: moment(0),
  updated_at: moment(0),
  processed_at: null,
  error_reason: null,
  failure_fingerprint: null,
  generation: 0,
  attempts: 0,
  next_attempt_at: null,
  ordering_key: null,
  trace_id: null,
  revision: '0',
  ...changed,
});

/** Leaves the tables as the migrations made them. */
export async function emptyTables(db: Kysely<Database>): Promise<void> {
  for (const table of [
    'access_counts',
    'due_work',
    'events',
    'checkpoints',
    'projection_states',
    'projection_failures',
  ] as const)
    await db.deleteFrom(table).execute();
}
