import { type Kysely, sql } from 'kysely';
import type { PlanRows } from '../../application/ports/plan-rows.ts';
import type { Database } from '../database.ts';
import { isCaughtUp, projectionNameOf } from '../projection-states.ts';
import { replayPlans } from './read-model.ts';

/** What the process that carries plans out asks. */
export const createPlanRows = (db: Kysely<Database>): PlanRows => ({
  async running() {
    if (!(await isCaughtUp(db, projectionNameOf(replayPlans)))) return [];
    const rows = await db
      .selectFrom('replay_plans')
      .select('id')
      .where('step', '=', 'running')
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map(({ id }) => id);
  },

  async progress(planId) {
    const row = await db
      .selectFrom('replay_plans')
      .select(['step', 'waiting', 'replayed', 'done', 'dead', 'skipped'])
      .where('id', '=', planId)
      .executeTakeFirst();
    if (row === undefined || row.step === 'freezing') return null;
    const { step: _, ...progress } = row;
    return progress;
  },

  async firstWaiting(planId) {
    const row = await db
      .selectFrom('replay_plan_members')
      .select('number')
      .where('plan_id', '=', planId)
      .where('outcome', '=', 'waiting')
      .orderBy('number')
      .limit(1)
      .executeTakeFirst();
    return row?.number ?? null;
  },

  async members(planId, from, limit) {
    const rows = await db
      .selectFrom('replay_plan_members')
      .select(['number', 'event_id', 'revision', 'generation'])
      .where('plan_id', '=', planId)
      .where('number', '>=', from)
      .orderBy('number')
      .limit(limit)
      .execute();
    return rows.map(({ number, event_id: eventId, revision, generation }) => ({
      ...{ number, eventId, generation },
      revision: Number(revision),
    }));
  },

  async failed(planId, below, limit) {
    const ofPlan = db
      .selectFrom('replay_plan_members')
      .where('plan_id', '=', planId)
      .where('outcome', '=', 'dead')
      .where('number', '<', below);
    const { count } = await ofPlan.select(sql<string>`count(*)`.as('count')).executeTakeFirstOrThrow();
    const rows = await ofPlan.select(['event_id', 'why']).orderBy('number', 'desc').limit(limit).execute();
    return { count: Number(count), latest: rows.map(({ event_id: eventId, why: error }) => ({ eventId, error })) };
  },
});
