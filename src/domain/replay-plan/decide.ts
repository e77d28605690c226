import type { Decision as DecisionOf } from '../aggregate.ts';
import type { AddMembers, OperatePlan, RecordOfPlan, ReplayPlanCommand, RequestPlan, StartPlan } from './commands.ts';
import type { ReplayPlanRejection } from './rejections.ts';
import { mayFollow, type ReplayPlanState } from './state.ts';
import type { ReplayPlanTransition } from './transitions.ts';

type Decision = DecisionOf<ReplayPlanTransition, ReplayPlanRejection>;

/** What follows from a command in a state. Pure and total: every refusal is a value. */
export function decide(state: ReplayPlanState | null, command: ReplayPlanCommand): Decision {
  if (command.kind === 'RequestPlan') return state === null ? request(command) : accept();
  if (state === null) return reject({ code: 'replay-plan-not-found' });
  switch (command.kind) {
    case 'AddMembers':
      return addMembers(state, command);
    case 'StartPlan':
      return start(state, command);
    case 'PausePlan':
    case 'ResumePlan':
    case 'AbortPlan':
      return record(state, operated(command));
    default:
      return record(state, recorded(state, command));
  }
}

function request({ plan, mostEvents, now: requestedAt, requestedBy }: RequestPlan): Decision {
  const { size, blocked, missing } = plan;
  // No more than that are looked at: beyond it, some that are allowed would be left out without a word.
  const matches = blocked.reduce((sum, { events }) => sum + events, size);
  if (matches > mostEvents) return reject({ code: 'replay-plan-too-large', mostEvents });
  if (size === 0) return reject({ code: 'replay-plan-empty', blocked, missing: missing.length });
  return accept({ type: 'ReplayPlanRequested', data: { ...plan, requestedAt, requestedBy } });
}

/** What is there already was added before an answer was lost. */
function addMembers(state: ReplayPlanState, { first, members }: AddMembers): Decision {
  if (first < state.added) return accept();
  const isNext = first === state.added && first + members.length <= state.requested.size;
  if (!isNext) return reject({ code: 'replay-plan-step-refused', step: state.step });
  return record(state, { type: 'ReplayPlanMembersAdded', data: { first, members: [...members] } });
}

function start(state: ReplayPlanState, { start: asked, left, overlap, now, requestedBy }: StartPlan): Decision {
  if (!mayFollow(state, 'ReplayPlanStarted')) return reject({ code: 'replay-plan-step-refused', step: state.step });
  if (overlap !== null) return reject({ code: 'replay-plan-overlaps', ...overlap });
  if (left === 0) return reject({ code: 'replay-plan-set-gone', size: state.requested.size });
  return accept({ type: 'ReplayPlanStarted', data: { ...asked, requestedAt: now, requestedBy } });
}

function operated({ kind, reason, requestedBy, now: requestedAt }: OperatePlan): ReplayPlanTransition {
  const type = {
    PausePlan: 'ReplayPlanPaused',
    ResumePlan: 'ReplayPlanResumed',
    AbortPlan: 'ReplayPlanAborted',
  } as const;
  return { type: type[kind], data: { reason, requestedAt, requestedBy } };
}

/** `null` of what cannot be so yet. */
function recorded({ added, requested }: ReplayPlanState, command: RecordOfPlan): ReplayPlanTransition | null {
  const { now } = command;
  switch (command.kind) {
    case 'RecordFrozen':
      return added === requested.size ? { type: 'ReplayPlanFrozen', data: { frozenAt: now } } : null;
    case 'RecordSkipped':
      return { type: 'ReplayPlanMembersSkipped', data: { members: command.members, skippedAt: now } };
    case 'RecordStopped':
      return { type: 'ReplayPlanStopped', data: { ...command.stop, stoppedAt: now } };
    case 'RecordCompleted':
      return { type: 'ReplayPlanCompleted', data: { ...command.result, completedAt: now } };
  }
}

function record(state: ReplayPlanState, transition: ReplayPlanTransition | null): Decision {
  if (transition === null || !mayFollow(state, transition.type))
    return reject({ code: 'replay-plan-step-refused', step: state.step });
  return accept(transition);
}

const accept = (...transitions: readonly ReplayPlanTransition[]): Decision => ({ ok: true, transitions });
const reject = (rejection: ReplayPlanRejection): Decision => ({ ok: false, rejection });
