import { sql } from 'kysely';
import type { SlotTransaction } from '../read-model.ts';
import { type DueChange, type DueRow, type Ended, isDueRow } from './project.ts';

/**
 * Brings the rows up to `changes` in at most two statements. Rows that contain as much already are left alone; a row that
 * moves on begins with the sweep from the start.
 */
export async function writeDueWork(to: SlotTransaction, changes: readonly DueChange[]): Promise<void> {
  const rows = changes.filter(isDueRow);
  const ended = changes.filter((change) => !isDueRow(change));
  if (rows.length > 0) await keepRows(to, rows);
  if (ended.length > 0) await deleteRows(to, ended);
}

const keepRows = ({ transaction, named }: SlotTransaction, rows: readonly DueRow[]) =>
  sql`
    insert into ${named('due_work')} as due_work (id, kind, generation, attempts, revision, due_at, ask_at, recorded_at)
    select id, kind, generation, attempts, revision, due_at,
      least(wait_until, clock_timestamp() + wait_ms * interval '1 ms'), recorded_at
    from json_to_recordset(${JSON.stringify(rows)}::json) as change (
      id uuid, kind text, generation integer, attempts integer, revision bigint, due_at timestamptz, wait_ms bigint,
      wait_until timestamptz, recorded_at timestamptz
    )
    on conflict (id) do update set
      kind = excluded.kind, generation = excluded.generation, attempts = excluded.attempts,
      revision = excluded.revision, due_at = excluded.due_at, ask_at = excluded.ask_at, asks = 0,
      recorded_at = excluded.recorded_at
    where excluded.revision > due_work.revision`.execute(transaction);

/** Most of these events have no row, because they began and ended within the batch. */
const deleteRows = ({ transaction, named }: SlotTransaction, ended: readonly Ended[]) =>
  sql`
    delete from ${named('due_work')} as due_work
    using json_to_recordset(${JSON.stringify(ended)}::json) as ended (id uuid, revision bigint)
    where due_work.id = ended.id and due_work.revision < ended.revision`.execute(transaction);
