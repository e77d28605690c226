import { type Kysely, sql } from 'kysely';
import type { CallBudget } from '../application/ports/call-budget.ts';
import type { Database } from './database.ts';

/** Kept for so long, for whoever wants to know what was spent. */
const DAYS_KEPT = 90;

export const createCallBudget = (db: Kysely<Database>): CallBudget => ({
  async take(day, mostCalls) {
    if (mostCalls === 0) return false;
    const { rows } = await sql<{ calls: number }>`
      insert into explainer_calls as made (day, calls) values (${day}, 1)
      on conflict (day) do update set calls = made.calls + 1 where made.calls < ${mostCalls}
      returning calls`.execute(db);
    if (rows[0]?.calls === 1)
      await sql`delete from explainer_calls where day < to_char(${day}::date - ${DAYS_KEPT}::integer, 'YYYY-MM-DD')`.execute(
        db,
      );
    return rows.length > 0;
  },
});
