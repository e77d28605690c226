import { sql } from 'kysely';
import type { DueEvent, DueWork } from '../../application/ports/due-work.ts';
import type { ReadDatabase } from '../database.ts';

type Unfinished = DueEvent['status'];

/** What the sweep asks. A row has a `due_at` exactly while something is still to happen to its event by itself. */
export function createDueWork(db: ReadDatabase): DueWork {
  const rows = db.selectFrom('events').select(['id', 'status', 'generation', 'attempts', 'revision']);
  return {
    async due(now, limit) {
      const due = await rows.where('due_at', '<=', sql<Date>`${now}`).orderBy('due_at').limit(limit).execute();
      return due.map(dueEventOf);
    },
    async unfinished(afterEventId, limit) {
      let query = rows.where('status', 'in', ['RECEIVED', 'PROCESSING']);
      if (afterEventId !== null) query = query.where('id', '>', afterEventId);
      return (await query.orderBy('id').limit(limit).execute()).map(dueEventOf);
    },
  };
}

const dueEventOf = (row: {
  readonly id: string;
  readonly status: string;
  readonly generation: number;
  readonly attempts: number;
  readonly revision: string;
}): DueEvent => ({
  eventId: row.id,
  status: row.status as Unfinished,
  generation: row.generation,
  attempts: row.attempts,
  revision: Number(row.revision),
});
