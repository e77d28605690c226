import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { TransitionData } from '../../../src/domain/replay-plan/transitions.ts';

const PREFIX = 'replay-plan-';
const acts = ['ReplayRequested', 'EventDiscarded'];
const halts = ['ReplayPlanPaused', 'ReplayPlanStopped', 'ReplayPlanAborted', 'ReplayPlanCompleted'];
const goesOn = ['ReplayPlanStarted', 'ReplayPlanResumed'];
/** After so many members a batch ends, and the next one waits for it: the canary, and the first batch behind it. */
const FIRST_BATCH = 10;

/** What the judge knows of a plan, from the log alone. */
export interface JudgedPlan {
  readonly id: string;
  readonly action: 'replay' | 'discard';
  readonly numbers: Map<string, number>;
  readonly members: { readonly eventId: string; readonly generation: number; readonly revision: number }[];
  readonly types: string[];
  /** The position of the last one of these. */
  lastAt: number;
  start: TransitionData<'ReplayPlanStarted'> | null;
  /** By event: what its plan did to it, or that it was left alone. */
  readonly acted: Set<string>;
  readonly skipped: Set<string>;
  /** By event, what came of the plan's act. */
  readonly outcomes: Map<string, 'done' | 'dead'>;
  stop: TransitionData<'ReplayPlanStopped'> | null;
  forgiven: { readonly failures: number; readonly settled: number };
  isCanaryForgiven: boolean;
  /** After each transition of its stream, what `forgiven` was. */
  readonly forgivenAfter: JudgedPlan['forgiven'][];
}

/** A process that carries plans out. */
export interface Carrier {
  readonly pageOfMembers: number;
  /** Where the log ended when it began to look at plans last. */
  lookedFrom: number;
  /** By plan, how many transitions of its stream the process has read or written. */
  readonly seen: Map<string, number>;
  /** Plans of which it saw when it looked last that too many of their members failed again. */
  readonly sawTooMany: Set<string>;
  /** By plan and halt, the members that it took after that. */
  readonly afterHalt: Map<string, number>;
}

export const newCarrier = (pageOfMembers: number): Carrier => ({
  pageOfMembers,
  lookedFrom: 0,
  seen: new Map(),
  sawTooMany: new Set(),
  afterHalt: new Map(),
});

/** Told of each transition, in the log's order. */
export function createPlansJudge(onBreach: (breach: string) => void) {
  const plans = new Map<string, JudgedPlan>();
  const histories = new Map<string, RecordedTransition[]>();

  /** @param carrier whoever has just appended it; `null` of all others. */
  function take(recorded: RecordedTransition, carrier: Carrier | null): void {
    if (recorded.stream.startsWith(PREFIX)) return ofPlan(recorded);
    const history = histories.get(recorded.stream) ?? [];
    histories.set(recorded.stream, [...history, recorded]);
    const eventId = recorded.stream.slice('event-'.length);
    const { planId } = JSON.parse(recorded.metadata) as { readonly planId?: string };
    if (planId !== undefined) return ofMember(eventId, planId, recorded, carrier);
    if (carrier !== null) onBreach('who carries plans out touches an event without a plan');
    const { generation } = JSON.parse(recorded.data) as { readonly generation?: number };
    const outcome = { ProcessingSucceeded: 'done', EventDeadLettered: 'dead' } as const;
    const came = outcome[recorded.type as keyof typeof outcome];
    if (came === undefined) return;
    for (const { acted, numbers, members, outcomes } of plans.values()) {
      const member = members[numbers.get(eventId) ?? -1];
      if (acted.has(eventId) && member !== undefined && generation === member.generation + 1)
        outcomes.set(eventId, came);
    }
  }

  function ofMember(eventId: string, planId: string, recorded: RecordedTransition, carrier: Carrier | null): void {
    const plan = plans.get(planId);
    const number = plan?.numbers.get(eventId);
    if (plan === undefined || number === undefined) return onBreach('a plan touches an event that is no member');
    if (!acts.includes(recorded.type)) return onBreach(`a plan records ${recorded.type}`);
    if (plan.acted.has(eventId)) onBreach('a plan acts on a member twice');
    if (plan.skipped.has(eventId)) onBreach('a plan acts on a member that it has skipped');
    if (Number(recorded.revision) !== (plan.members[number]?.revision ?? 0) + 1)
      onBreach('a plan acts on a member that has changed');
    plan.acted.add(eventId);
    if (plan.action === 'discard') plan.outcomes.set(eventId, 'done');
    inOrder(plan, number, carrier?.pageOfMembers ?? 1);
    if (carrier === null) return;
    whileItRuns(plan, carrier);
    if (carrier.sawTooMany.has(planId)) onBreach('who has seen that too many failed again takes one more');
  }

  /** All before it were taken, and all of the batches before its own have come to an end. */
  function inOrder(plan: JudgedPlan, number: number, page: number): void {
    const isTaken = ({ eventId }: JudgedPlan['members'][number]) =>
      plan.acted.has(eventId) || plan.skipped.has(eventId);
    const isEnded = ({ eventId }: JudgedPlan['members'][number]) =>
      plan.outcomes.has(eventId) || plan.skipped.has(eventId);
    if (!plan.members.slice(0, Math.max(0, number - page + 1)).every(isTaken)) onBreach('a member is left out');
    const { canary, ratePerSecond } = plan.start ?? { canary: { events: 0, mayFail: 0 }, ratePerSecond: 0 };
    const ofCanary = plan.members.slice(0, canary.events);
    const mayGoOn = plan.isCanaryForgiven || number < canary.events;
    if (!mayGoOn && !ofCanary.every(isEnded)) onBreach('the canary is not waited for');
    const failed = ofCanary.filter(({ eventId }) => plan.outcomes.get(eventId) === 'dead').length;
    if (!mayGoOn && failed > canary.mayFail) onBreach('a canary that failed is passed over');
    const gate = canary.events + FIRST_BATCH;
    if (ratePerSecond > FIRST_BATCH && number >= gate && !plan.members.slice(0, gate).every(isEnded))
      onBreach('the first batch is not waited for');
  }

  /** Who knows that it does not run takes no more members; who has not heard takes no more than are due with one look. */
  function whileItRuns(plan: JudgedPlan, { lookedFrom, seen, afterHalt }: Carrier): void {
    const known = plan.types.slice(0, seen.get(plan.id) ?? 0).findLast((type) => [...halts, ...goesOn].includes(type));
    if (known === undefined || halts.includes(known)) onBreach(`a member is taken of a plan that is known as ${known}`);
    const last = plan.types.findLastIndex((type) => [...halts, ...goesOn].includes(type));
    if (!halts.includes(plan.types[last] ?? '')) return;
    if (plan.lastAt < lookedFrom) onBreach('a look at plans goes on with one that was halted before');
    const key = `${plan.id} ${last}`;
    const taken = (afterHalt.get(key) ?? 0) + 1;
    afterHalt.set(key, taken);
    if (taken > Math.max(1, (plan.start?.ratePerSecond ?? 0) / 5))
      onBreach('after a plan was halted, more was taken than was under way');
  }

  function ofPlan({ stream, type, position, data: text }: RecordedTransition): void {
    const id = stream.slice(PREFIX.length);
    const data = JSON.parse(text) as never;
    if (type === 'ReplayPlanRequested')
      plans.set(id, {
        ...{ id, action: (data as TransitionData<'ReplayPlanRequested'>).action, numbers: new Map(), members: [] },
        ...{ types: [], lastAt: 0, start: null, acted: new Set(), skipped: new Set(), outcomes: new Map(), stop: null },
        ...{ forgiven: { failures: 0, settled: 0 }, isCanaryForgiven: false, forgivenAfter: [] },
      });
    const plan = plans.get(id);
    if (plan === undefined) return onBreach(`${type} is recorded of no plan`);
    const before = plan.types.findLast((each) => [...halts, ...goesOn].includes(each));
    plan.types.push(type);
    plan.lastAt = Number(position);
    if (type === 'ReplayPlanMembersAdded')
      for (const member of (data as TransitionData<'ReplayPlanMembersAdded'>).members) {
        plan.numbers.set(member.eventId, plan.members.length);
        plan.members.push(member);
      }
    if (type === 'ReplayPlanStarted') plan.start = data;
    if (type === 'ReplayPlanStopped') plan.stop = data;
    if (type === 'ReplayPlanMembersSkipped') skipped(plan, data);
    if (type === 'ReplayPlanCompleted') completed(plan, data);
    if (type === 'ReplayPlanResumed' && before === 'ReplayPlanStopped' && plan.stop !== null) {
      const { by, failures, settled } = plan.stop;
      plan.forgiven = { failures, settled };
      plan.isCanaryForgiven ||= by === 'canary';
    }
    plan.forgivenAfter.push(plan.forgiven);
  }

  function skipped(plan: JudgedPlan, { members }: TransitionData<'ReplayPlanMembersSkipped'>): void {
    for (const { eventId, why } of members) {
      const member = plan.members[plan.numbers.get(eventId) ?? -1];
      const history = histories.get(`event-${eventId}`) ?? [];
      if (member === undefined) onBreach('a plan skips an event that is no member');
      else if (history.length === member.revision + 1) onBreach('a member that has not changed is skipped');
      if (why === '') onBreach('a member is skipped without a reason');
      if (plan.acted.has(eventId)) onBreach('a member is skipped that the plan acted on');
      plan.skipped.add(eventId);
    }
  }

  function completed(plan: JudgedPlan, result: TransitionData<'ReplayPlanCompleted'>): void {
    const isEnded = ({ eventId }: JudgedPlan['members'][number]) =>
      plan.outcomes.has(eventId) || plan.skipped.has(eventId);
    if (!plan.members.every(isEnded)) onBreach('a plan is completed, and members of it are not');
    const { done, dead } = counted(plan);
    const isSo = result.done === done && result.dead === dead && result.skipped === plan.skipped.size;
    if (!isSo) onBreach('a plan is completed with other numbers than came of it');
    if (isOverThreshold(plan)) onBreach('a plan is completed of which too many failed again');
  }

  return { plans, take };
}

function counted({ outcomes }: JudgedPlan): { readonly done: number; readonly dead: number } {
  const all = [...outcomes.values()];
  const dead = all.filter((outcome) => outcome === 'dead').length;
  return { done: all.length - dead, dead };
}

/** By the rule that an operator was told: docs/replay-plans.md. */
export function isOverThreshold(plan: JudgedPlan, { forgiven }: Pick<JudgedPlan, 'forgiven'> = plan): boolean {
  if (plan.start === null) return false;
  const { atLeast, share } = plan.start.stopWhenFailed;
  const { done, dead } = counted(plan);
  const failures = dead - forgiven.failures;
  return failures >= atLeast && failures >= share * (done + dead - forgiven.settled);
}
