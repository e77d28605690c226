import { type Kysely, sql } from 'kysely';
import type { DueEvent, DueWork } from '../../application/ports/due-work.ts';
import type { Database } from '../database.ts';
import { isCaughtUp, projectionNameOf } from '../projection-states.ts';
import { namedIn, type Slot } from '../slots.ts';
import { foldDueWork, isDueRow } from './project.ts';
import { dueWork } from './read-model.ts';
import type { DueWorkTable } from './table.ts';
import { writeDueWork } from './write.ts';

/** 2 to a higher power is beyond every longest delay. */
const MAX_DOUBLINGS = 40;

interface TakenRow extends Pick<DueWorkTable, 'id' | 'kind' | 'generation' | 'attempts' | 'revision'> {
  readonly due_at: Date | null;
}

/**
 * What the sweep asks. It waits for no lock: a row that is locked is about to move on, and waiting for it while holding
 * others could end in a deadlock with the projector.
 */
export function createDueWork(db: Kysely<Database>, slot: Slot = null): DueWork {
  const named = namedIn(slot);
  const table = named('due_work');
  return {
    isCaughtUp: () => isCaughtUp(db, projectionNameOf(dueWork, slot)),

    async take(kind, limit, holdMs) {
      const { rows } = await sql<TakenRow>`
      update ${table} as due_work set ask_at = clock_timestamp() + ${holdMs} * interval '1 ms'
      where id in (
        select id from ${table} where kind = ${kind} and ask_at <= clock_timestamp()
        order by ask_at limit ${limit} for update skip locked
      )
      returning id, kind, generation, attempts, revision, due_at`.execute(db);
      return rows.map(dueEventOf);
    },

    async putOff(events, { initialDelayMs, maxDelayMs }) {
      if (events.length === 0) return;
      const rows = events.map(({ eventId, kind, revision }) => ({ id: eventId, kind, revision }));
      await sql`
      update ${table} as due_work set
        kind = case when due_work.kind in ('retry', 'paused') then 'command' else due_work.kind end,
        asks = asks + 1,
        ask_at = clock_timestamp() + (0.75 + random() / 4) * interval '1 ms'
          * least(${maxDelayMs}::float8, ${initialDelayMs}::float8 * 2 ^ least(asks, ${MAX_DOUBLINGS}::integer))
      where id in (
        select due_work.id
        from json_to_recordset(${JSON.stringify(rows)}::json) as given (id uuid, kind text, revision bigint)
        join ${table} as due_work using (id, kind, revision) for update of due_work skip locked
      )`.execute(db);
    },

    async park(events, againMs) {
      if (events.length === 0) return;
      const rows = events.map(({ eventId, kind, revision }) => ({ id: eventId, kind, revision }));
      await sql`
      update ${table} as due_work set kind = 'paused', ask_at = clock_timestamp() + ${againMs} * interval '1 ms'
      where id in (
        select due_work.id
        from json_to_recordset(${JSON.stringify(rows)}::json) as given (id uuid, kind text, revision bigint)
        join ${table} as due_work using (id, kind, revision) for update of due_work skip locked
      )`.execute(db);
    },

    async hasten(kinds, afterEventId, limit) {
      const { rows } = await sql<{ id: string }>`
      with page as (
        select id from ${table} where kind = any(${kinds}::text[]) and (${afterEventId}::uuid is null or id > ${afterEventId})
        order by id limit ${limit}
      ), hastened as (
        update ${table} as due_work set ask_at = clock_timestamp(), asks = 0,
          kind = case due_work.kind when 'paused' then 'command' else due_work.kind end
        where id in (select id from ${table} where id in (select id from page) for update skip locked)
      )
      select id from page order by id`.execute(db);
      return rows.map(({ id }) => id);
    },

    async readAgain(history) {
      const [change] = foldDueWork(history);
      if (change === undefined || (isDueRow(change) && change.kind === 'unreadable')) return false;
      await db.transaction().execute(async (transaction) => {
        await sql`
        delete from ${table}
        where id = ${change.id} and kind = 'unreadable' and revision <= ${change.revision}`.execute(transaction);
        if (isDueRow(change)) await writeDueWork({ transaction, named }, [change]);
      });
      return true;
    },
  };
}

const dueEventOf = ({ id, kind, generation, attempts, revision, due_at }: TakenRow): DueEvent => ({
  ...{ eventId: id, kind, generation, attempts },
  revision: Number(revision),
  dueAt: due_at && due_at.toISOString(),
});
