import { sql } from 'kysely';
import type { ReplayPlanState } from '../../domain/replay-plan/state.ts';
import { evolve, mayFollow } from '../../domain/replay-plan/state.ts';
import type { DecodedTransition, SlotTransaction } from '../read-model.ts';
import { storable } from '../storable.ts';
import type { EventFact, Fact } from './fact.ts';
import { applyToMember, type MemberRow } from './member.ts';
import type { MemberOutcome } from './table.ts';

type Decoded = DecodedTransition<Fact | null>;

/** Plans first: whatever happens to a member comes after it was added to its plan. */
export async function writeReplayPlans(to: SlotTransaction, decoded: readonly Decoded[]): Promise<void> {
  const ofPlans = decoded.filter(({ transition }) => transition?.kind === 'of-plan');
  if (ofPlans.length > 0) await writePlans(to, ofPlans);
  const facts = decoded.flatMap(({ transition }) =>
    transition === null || transition.kind === 'of-plan' ? [] : [transition],
  );
  if (facts.length > 0) await writeOutcomes(to, facts);
}

interface PlanRow {
  readonly id: string;
  readonly created_at: string;
  readonly size: number;
  revision: bigint;
  state: ReplayPlanState;
}

async function writePlans(to: SlotTransaction, decoded: readonly Decoded[]): Promise<void> {
  const rows = await loadPlans(to, [...new Set(decoded.map(({ transition }) => planIdOf(transition)))]);
  const skipped: { plan_id: string; event_id: string; why: string }[] = [];
  for (const { recorded, transition } of decoded) {
    if (transition?.kind !== 'of-plan') continue;
    const { planId, transition: step } = transition;
    const row = rows.get(planId);
    if (row !== undefined && row.revision >= recorded.revision) continue;
    const isFirst = step.type === 'ReplayPlanRequested';
    // What cannot follow was not written by this aggregate.
    if (row === undefined ? !isFirst : isFirst || !mayFollow(row.state, step.type)) continue;
    const state = evolve(row?.state ?? null, step);
    const { size } = state.requested;
    if (row === undefined)
      rows.set(planId, { id: planId, created_at: recorded.recordedAt, size, revision: recorded.revision, state });
    else Object.assign(row, { state, revision: recorded.revision });
    if (step.type === 'ReplayPlanMembersAdded') await addMembers(to, planId, step.data);
    if (step.type === 'ReplayPlanMembersSkipped')
      for (const { eventId, why } of step.data.members)
        skipped.push({ plan_id: planId, event_id: eventId, why: storable(why) });
  }
  await keepPlans(to, [...rows.values()]);
  if (skipped.length > 0) await skipMembers(to, skipped);
}

const planIdOf = (fact: Fact | null) => (fact?.kind === 'of-plan' ? fact.planId : '');

async function loadPlans({ transaction, named }: SlotTransaction, ids: readonly string[]) {
  const { rows } = await sql<{ id: string; revision: string; state: ReplayPlanState }>`
    select id, revision, state from ${named('replay_plans')} where id = any(${ids}::uuid[])`.execute(transaction);
  return new Map<string, PlanRow>(
    rows.map(({ id, revision, state }) => [
      id,
      { id, state, revision: BigInt(revision), created_at: state.requested.requestedAt, size: state.requested.size },
    ]),
  );
}

async function keepPlans({ transaction, named }: SlotTransaction, rows: readonly PlanRow[]): Promise<void> {
  const given = rows.map(({ id, created_at, size, revision, state }) => ({
    ...{ id, created_at, step: state.step, state, waiting: size, revision: revision.toString() },
  }));
  await sql`
    insert into ${named('replay_plans')} (id, created_at, step, state, waiting, replayed, done, dead, skipped, revision)
    select id, created_at, step, state, waiting, 0, 0, 0, 0, revision
    from json_to_recordset(${storable(JSON.stringify(given))}::json) as given (
      id uuid, created_at timestamptz, step text, state jsonb, waiting integer, revision bigint
    )
    on conflict (id) do update set step = excluded.step, state = excluded.state, revision = excluded.revision`.execute(
    transaction,
  );
}

async function addMembers(
  { transaction, named }: SlotTransaction,
  planId: string,
  { first, members }: { readonly first: number; readonly members: readonly object[] },
): Promise<void> {
  const given = JSON.stringify(members.map((member, index) => ({ ...member, number: first + index })));
  await sql`
    insert into ${named('replay_plan_members')} (plan_id, number, event_id, revision, generation, outcome)
    select ${planId}::uuid, number, "eventId", revision, generation, 'waiting'
    from json_to_recordset(${given}::json) as given (number integer, "eventId" uuid, revision bigint, generation integer)
    on conflict do nothing`.execute(transaction);
}

async function skipMembers(
  to: SlotTransaction,
  given: readonly { readonly plan_id: string; readonly event_id: string; readonly why: string }[],
): Promise<void> {
  const whyOf = new Map(given.map(({ plan_id, event_id, why }) => [`${plan_id} ${event_id}`, why]));
  const rows = await loadMembers(to, [...new Set(given.map(({ event_id }) => event_id))]);
  const changes = rows.flatMap((row) => {
    const why = whyOf.get(`${row.plan_id} ${row.event_id}`);
    return why === undefined || row.outcome !== 'waiting'
      ? []
      : [{ from: row.outcome, row: { ...row, outcome: 'skipped' as const, why } }];
  });
  await keepChanges(to, changes);
}

async function writeOutcomes(to: SlotTransaction, facts: readonly EventFact[]): Promise<void> {
  const rows = await loadMembers(to, [...new Set(facts.map(({ eventId }) => eventId))]);
  if (rows.length === 0) return;
  const byEvent = Map.groupBy(rows, ({ event_id }) => event_id);
  const before = new Map(rows.map((row) => [row, { ...row }]));
  for (const fact of facts) for (const row of byEvent.get(fact.eventId) ?? []) applyToMember(row, fact);
  const changes = [...before].flatMap(([row, { outcome: from, why }]) =>
    row.outcome === from && row.why === why ? [] : [{ from, row }],
  );
  await keepChanges(to, changes);
}

async function loadMembers(
  { transaction, named }: SlotTransaction,
  eventIds: readonly string[],
): Promise<readonly MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    select plan_id, number, event_id, generation, outcome, why from ${named('replay_plan_members')}
    where event_id = any(${eventIds}::uuid[])`.execute(transaction);
  return rows;
}

interface Change {
  readonly from: MemberOutcome;
  readonly row: MemberRow;
}

/** The sums of plans change with what they are sums of. */
async function keepChanges({ transaction, named }: SlotTransaction, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  const given = JSON.stringify(changes.map(({ row }) => row));
  await sql`
    update ${named('replay_plan_members')} as members set outcome = given.outcome, why = given.why
    from json_to_recordset(${given}::json) as given (plan_id uuid, number integer, outcome text, why text)
    where members.plan_id = given.plan_id and members.number = given.number`.execute(transaction);
  const sums = [...Map.groupBy(changes, ({ row }) => row.plan_id)].map(([id, ofPlan]) => {
    const sum = { id, waiting: 0, replayed: 0, done: 0, dead: 0, skipped: 0 };
    for (const { from, row } of ofPlan) {
      sum[from] -= 1;
      sum[row.outcome] += 1;
    }
    return sum;
  });
  await sql`
    update ${named('replay_plans')} as plans set
      waiting = plans.waiting + given.waiting, replayed = plans.replayed + given.replayed,
      done = plans.done + given.done, dead = plans.dead + given.dead, skipped = plans.skipped + given.skipped
    from json_to_recordset(${JSON.stringify(sums)}::json) as given (
      id uuid, waiting integer, replayed integer, done integer, dead integer, skipped integer
    )
    where plans.id = given.id`.execute(transaction);
}
