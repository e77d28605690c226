import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { PlanRows } from '../../../src/application/ports/plan-rows.ts';
import { evolve, type ReplayPlanState } from '../../../src/domain/replay-plan/state.ts';
import { factOf } from '../../../src/projections/replay-plans/fact.ts';
import { applyToMember, type MemberRow } from '../../../src/projections/replay-plans/member.ts';

/** What the rows say once they contain the first transitions of the log, so many before its end. */
export function rowsOf(log: { readonly all: readonly RecordedTransition[] }, behind: () => number): PlanRows {
  const plans = new Map<string, ReplayPlanState>();
  const members: MemberRow[] = [];
  const revisions = new Map<MemberRow, number>();
  let folded = 0;
  const fold = () => {
    const to = Math.max(folded, log.all.length - behind());
    const fresh = log.all.slice(folded, to);
    folded = to;
    for (const recorded of fresh) {
      const fact = factOf(recorded);
      if (fact === null) continue;
      if (fact.kind !== 'of-plan') {
        for (const row of members) if (row.event_id === fact.eventId) applyToMember(row, fact);
        continue;
      }
      const { planId, transition } = fact;
      plans.set(planId, evolve(plans.get(planId) ?? null, transition));
      if (transition.type === 'ReplayPlanMembersAdded')
        for (const [index, { eventId, generation, revision }] of transition.data.members.entries()) {
          const number = transition.data.first + index;
          const row: MemberRow = {
            ...{ plan_id: planId, number, event_id: eventId, generation, outcome: 'waiting', why: null },
          };
          members.push(row);
          revisions.set(row, revision);
        }
      if (transition.type === 'ReplayPlanMembersSkipped')
        for (const { eventId, why } of transition.data.members) {
          const row = members.find((each) => each.plan_id === planId && each.event_id === eventId);
          if (row?.outcome === 'waiting') Object.assign(row, { outcome: 'skipped', why });
        }
    }
    return members;
  };
  const of = (planId: string) => fold().filter((row) => row.plan_id === planId);
  return {
    async running() {
      fold();
      return [...plans].filter(([, { step }]) => step === 'running').map(([id]) => id);
    },
    async progress(planId) {
      const found = of(planId);
      if ((plans.get(planId)?.step ?? 'freezing') === 'freezing') return null;
      const progress = { waiting: 0, replayed: 0, done: 0, dead: 0, skipped: 0 };
      for (const { outcome } of found) progress[outcome]++;
      return progress;
    },
    firstWaiting: async (planId) => of(planId).find(({ outcome }) => outcome === 'waiting')?.number ?? null,
    async members(planId, from, limit) {
      const found = of(planId)
        .filter(({ number }) => number >= from)
        .slice(0, limit);
      return found.map((row) => ({
        ...{ number: row.number, eventId: row.event_id, generation: row.generation },
        revision: revisions.get(row) ?? -1,
      }));
    },
    async failed(planId, below, limit) {
      const dead = of(planId).filter(({ outcome, number }) => outcome === 'dead' && number < below);
      const latest = dead.toReversed().slice(0, limit);
      return { count: dead.length, latest: latest.map(({ event_id: eventId, why: error }) => ({ eventId, error })) };
    },
  };
}
