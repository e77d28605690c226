import { type Kysely, sql } from 'kysely';
import type { CallBudget } from '../application/ports/call-budget.ts';
import type { Database } from './database.ts';

/** A row for each day, of which none is deleted: a clock that is wrong for a while must not forget what was spent. */
export const createCallBudget = (db: Kysely<Database>): CallBudget => ({
  async take(day, mostCalls) {
    if (mostCalls === 0) return false;
    const { rows } = await sql`
      insert into explainer_calls as made (day, calls) values (${day}, 1)
      on conflict (day) do update set calls = made.calls + 1 where made.calls < ${mostCalls}
      returning calls`.execute(db);
    return rows.length > 0;
  },
});
