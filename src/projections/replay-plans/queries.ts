import { type SqlBool, sql } from 'kysely';
import type { PlanProgress } from '../../application/ports/plan-rows.ts';
import type { PlanStep, ReplayPlanState } from '../../domain/replay-plan/state.ts';
import type { ReadDatabase } from '../database.ts';
import { utcText } from '../utc-text.ts';
import type { MemberOutcome } from './table.ts';

export { type MemberOutcome, memberOutcomes } from './table.ts';

export interface PlanView {
  readonly id: string;
  readonly createdAt: string;
  readonly state: ReplayPlanState;
  readonly progress: PlanProgress;
}

/** The one that was requested last comes first, and by id among those of one moment. */
export interface PlanPosition {
  readonly at: string;
  readonly id: string;
}

const progressColumns = ['waiting', 'replayed', 'done', 'dead', 'skipped'] as const;
const viewed = ['id', 'state', ...progressColumns] as const;

/** `null` where the rows know of none. @throws {ReadDatabaseUnavailable} */
export async function findPlan(db: ReadDatabase, id: string): Promise<PlanView | null> {
  const row = await db
    .selectFrom('replay_plans')
    .select([...viewed, utcText('created_at')])
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? null : viewOf(row);
}

/** @throws {ReadDatabaseUnavailable} */
export async function listPlans(
  db: ReadDatabase,
  { state }: { readonly state?: PlanStep | undefined },
  { limit, after }: { readonly limit: number; readonly after?: PlanPosition | undefined },
): Promise<{ readonly items: readonly PlanView[]; readonly next: PlanPosition | null }> {
  let query = db.selectFrom('replay_plans').select([...viewed, utcText('created_at')]);
  if (state !== undefined) query = query.where('step', '=', state);
  if (after !== undefined)
    query = query.where(sql<SqlBool>`(replay_plans.created_at, id) < (${after.at}, ${after.id}::uuid)`);
  const rows = await query
    .orderBy('replay_plans.created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(viewOf);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? { at: last.createdAt, id: last.id } : null };
}

const viewOf = (
  row: { readonly id: string; readonly created_at: string; readonly state: ReplayPlanState } & PlanProgress,
) => {
  const { id, created_at: createdAt, state, waiting, replayed, done, dead, skipped } = row;
  return { id, createdAt, state, progress: { waiting, replayed, done, dead, skipped } };
};

interface MemberView {
  readonly number: number;
  readonly eventId: string;
  readonly outcome: MemberOutcome;
  readonly why: string | null;
}

/** From a number on, in the order in which they are taken. @throws {ReadDatabaseUnavailable} */
export async function listMembers(
  db: ReadDatabase,
  planId: string,
  {
    outcome,
    from,
    limit,
  }: { readonly outcome?: MemberOutcome | undefined; readonly from: number; readonly limit: number },
): Promise<readonly MemberView[]> {
  let query = db
    .selectFrom('replay_plan_members')
    .select(['number', 'event_id', 'outcome', 'why'])
    .where('plan_id', '=', planId)
    .where('number', '>=', from);
  if (outcome !== undefined) query = query.where('outcome', '=', outcome);
  const rows = await query.orderBy('number').limit(limit).execute();
  return rows.map(({ event_id: eventId, ...row }) => ({ ...row, eventId }));
}

/** Members that are still dead letters as they were when the set was frozen. @throws {ReadDatabaseUnavailable} */
export async function countUnchanged(db: ReadDatabase, planId: string): Promise<number> {
  const { count } = await db
    .selectFrom('replay_plan_members')
    .innerJoin('dead_events', 'dead_events.event_id', 'replay_plan_members.event_id')
    .select(sql<string>`count(*)`.as('count'))
    .where('plan_id', '=', planId)
    .whereRef('dead_events.revision', '=', 'replay_plan_members.revision')
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Another plan under way that has some of this plan's members, and how many. @throws {ReadDatabaseUnavailable} */
export async function findOverlap(
  db: ReadDatabase,
  planId: string,
): Promise<{ readonly planId: string; readonly events: number } | null> {
  const row = await db
    .selectFrom('replay_plan_members as own')
    .innerJoin('replay_plan_members as other', 'other.event_id', 'own.event_id')
    .innerJoin('replay_plans', 'replay_plans.id', 'other.plan_id')
    .select(['other.plan_id', sql<string>`count(*)`.as('events')])
    .where('own.plan_id', '=', planId)
    .where('other.plan_id', '<>', planId)
    .where('replay_plans.step', 'in', ['running', 'paused', 'stopped'])
    .where('other.outcome', 'in', ['waiting', 'replayed'])
    .groupBy('other.plan_id')
    .orderBy('other.plan_id')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : { planId: row.plan_id, events: Number(row.events) };
}
