import type { ReplayPlanTransition, TransitionData, TransitionType } from './transitions.ts';

export const planStates = ['freezing', 'frozen', 'running', 'paused', 'stopped', 'aborted', 'completed'] as const;
/** Where a plan is. `stopped` is by itself, `paused` by an operator: both can be resumed. */
export type PlanStep = (typeof planStates)[number];

interface RecordedStep {
  readonly type: TransitionType;
  readonly at: string;
  /** The operator; `null` for the system. */
  readonly by: string | null;
  readonly reason: string | null;
}

/** What the history of one plan adds up to, without its members, of which there may be many. Plain JSON. */
export interface ReplayPlanState {
  readonly step: PlanStep;
  readonly requested: TransitionData<'ReplayPlanRequested'>;
  /** Members that are in the log. */
  readonly added: number;
  /** As it was started; `null` before. */
  readonly start: TransitionData<'ReplayPlanStarted'> | null;
  /** Why it stopped by itself last; `null` when it never did. */
  readonly stop: TransitionData<'ReplayPlanStopped'> | null;
  /** What an operator has seen and resumed after: it is not judged again. */
  readonly forgiven: { readonly failures: number; readonly settled: number };
  /** An operator has resumed it after a canary that failed. */
  readonly isCanaryForgiven: boolean;
  readonly completed: TransitionData<'ReplayPlanCompleted'> | null;
  /** Who, when, why. The first is the request. */
  readonly steps: readonly RecordedStep[];
}

/** THE TABLE: which step a transition leads to, `null` for the same, and which ones it may follow. */
const steps: Readonly<Record<TransitionType, { readonly to: PlanStep | null; readonly from: readonly PlanStep[] }>> = {
  ReplayPlanRequested: { to: 'freezing', from: [] },
  ReplayPlanMembersAdded: { to: null, from: ['freezing'] },
  ReplayPlanFrozen: { to: 'frozen', from: ['freezing'] },
  ReplayPlanStarted: { to: 'running', from: ['frozen'] },
  ReplayPlanMembersSkipped: { to: null, from: ['running'] },
  ReplayPlanPaused: { to: 'paused', from: ['running'] },
  ReplayPlanResumed: { to: 'running', from: ['paused', 'stopped'] },
  ReplayPlanAborted: { to: 'aborted', from: ['freezing', 'frozen', 'running', 'paused', 'stopped'] },
  ReplayPlanStopped: { to: 'stopped', from: ['running'] },
  ReplayPlanCompleted: { to: 'completed', from: ['running'] },
};

export const mayFollow = (state: ReplayPlanState, type: TransitionType): boolean =>
  steps[type].from.includes(state.step);

/** @throws when the transition cannot follow: only a damaged or foreign history does that. */
export function evolve(state: ReplayPlanState | null, transition: ReplayPlanTransition): ReplayPlanState {
  const { type } = transition;
  if (state === null) {
    if (type !== 'ReplayPlanRequested') throw new Error(`${type} cannot follow nothing`);
    const nothing = { added: 0, start: null, stop: null, completed: null, isCanaryForgiven: false };
    const { data: requested } = transition;
    return {
      ...{ step: 'freezing', requested, ...nothing, forgiven: { failures: 0, settled: 0 } },
      steps: recordedOf(transition),
    };
  }
  if (!mayFollow(state, type)) throw new Error(`${type} cannot follow ${state.step}`);
  const step = steps[type].to ?? state.step;
  return { ...state, step, ...changesOf(state, transition), steps: [...state.steps, ...recordedOf(transition)] };
}

function changesOf(state: ReplayPlanState, { type, data }: ReplayPlanTransition): Partial<ReplayPlanState> {
  switch (type) {
    case 'ReplayPlanMembersAdded':
      return { added: state.added + data.members.length };
    case 'ReplayPlanStarted':
      return { start: data };
    case 'ReplayPlanStopped':
      return { stop: data };
    case 'ReplayPlanResumed':
      return state.step === 'stopped' && state.stop !== null ? forgiving(state, state.stop) : {};
    case 'ReplayPlanCompleted':
      return { completed: data };
    default:
      return {};
  }
}

const forgiving = (state: ReplayPlanState, { by, failures, settled }: TransitionData<'ReplayPlanStopped'>) => ({
  forgiven: { failures, settled },
  isCanaryForgiven: state.isCanaryForgiven || by === 'canary',
});

/** What is recorded once for each of many batches is no step. */
function recordedOf({ type, data }: ReplayPlanTransition): readonly RecordedStep[] {
  if (type === 'ReplayPlanMembersAdded' || type === 'ReplayPlanMembersSkipped') return [];
  const at = Object.entries(data).find(([name]) => name.endsWith('At'))?.[1] as string;
  const by = 'requestedBy' in data ? data.requestedBy : null;
  return [{ type, at, by, reason: 'reason' in data ? data.reason : null }];
}
