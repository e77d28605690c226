import type { RebuildReport, RebuildTransition, TransitionType } from './transitions.ts';

/** Where a rebuild is. Those that name work are left by a process, the others by an operator. */
export type RebuildStep =
  | 'filling'
  | 'comparing'
  | 'compared'
  | 'promoting'
  | 'promoted'
  | 'rolling-back'
  | 'dropping'
  | 'dropped';

/** How a rebuild ended, as far as it has. */
export type RebuildOutcome = 'promoted' | 'rolled-back' | 'cancelled' | 'failed';

interface RecordedStep {
  readonly type: TransitionType;
  readonly at: string;
  /** The operator; `null` for a process. */
  readonly by: string | null;
  /** Of the operator, or what went wrong; `null` where nothing is to be said. */
  readonly reason: string | null;
}

/** The last rebuild of a read model. */
export interface RebuildState {
  readonly id: string;
  readonly version: number;
  readonly step: RebuildStep;
  readonly outcome: RebuildOutcome | null;
  /** What filling the copy took, its indexes included; `null` before it is full. */
  readonly filled: { readonly transitions: number; readonly durationMs: number } | null;
  /** The last one; `null` before it, and when the copy was filled again since. */
  readonly report: RebuildReport | null;
  /** Whether an operator has accepted the differences of the report. */
  readonly isAccepted: boolean;
  /** Who, when, why. The first is the request. */
  readonly steps: readonly RecordedStep[];
}

/** Which step a transition leads to, and which ones it may follow. */
const steps: Readonly<Record<TransitionType, { readonly to: RebuildStep; readonly from: readonly RebuildStep[] }>> = {
  RebuildRequested: { to: 'filling', from: ['dropped'] },
  RebuildFilled: { to: 'comparing', from: ['filling', 'comparing', 'compared'] },
  RebuildComparisonRequested: { to: 'comparing', from: ['compared'] },
  RebuildCompared: { to: 'compared', from: ['comparing'] },
  RebuildDifferencesAccepted: { to: 'compared', from: ['compared'] },
  RebuildPromotionRequested: { to: 'promoting', from: ['compared'] },
  RebuildPromoted: { to: 'promoted', from: ['promoting'] },
  RebuildRollbackRequested: { to: 'rolling-back', from: ['promoted'] },
  RebuildRolledBack: { to: 'dropping', from: ['rolling-back'] },
  RebuildExchangeFailed: { to: 'compared', from: ['promoting', 'rolling-back'] },
  RebuildCancelled: { to: 'dropping', from: ['filling', 'comparing', 'compared'] },
  RebuildFailed: { to: 'dropping', from: ['filling', 'comparing', 'compared'] },
  RebuildDropRequested: { to: 'dropping', from: ['promoted'] },
  RebuildDropped: { to: 'dropped', from: ['dropping', 'promoted', 'rolling-back'] },
};

export const mayFollow = (state: RebuildState | null, type: TransitionType): boolean =>
  state === null ? type === 'RebuildRequested' : steps[type].from.includes(state.step);

/** @throws when the transition cannot follow: only a damaged or foreign history does that. */
export function evolve(state: RebuildState | null, transition: RebuildTransition): RebuildState {
  const { type, data } = transition;
  if (!mayFollow(state, type)) throw new Error(`${type} cannot follow ${state === null ? 'nothing' : state.step}`);
  const recorded = stepOf(transition);
  if (type === 'RebuildRequested')
    return {
      ...{ id: data.id, version: data.version, step: 'filling', outcome: null, filled: null },
      ...{ report: null, isAccepted: false },
      steps: [recorded],
    };
  if (state === null || data.id !== state.id) throw new Error(`${type} is of another rebuild: ${data.id}`);
  return { ...state, step: steps[type].to, ...changesOf(state, transition), steps: [...state.steps, recorded] };
}

function changesOf({ step }: RebuildState, { type, data }: RebuildTransition): Partial<RebuildState> {
  switch (type) {
    case 'RebuildFilled':
      return {
        filled: { transitions: data.transitions, durationMs: data.durationMs },
        report: null,
        isAccepted: false,
      };
    case 'RebuildCompared':
      return { report: data.report, isAccepted: false };
    case 'RebuildDifferencesAccepted':
      return { isAccepted: true };
    case 'RebuildPromoted':
      return { outcome: 'promoted' };
    case 'RebuildRolledBack':
      return { outcome: 'rolled-back' };
    case 'RebuildExchangeFailed':
      return step === 'rolling-back' ? { step: 'promoted' } : {};
    case 'RebuildCancelled':
      return { outcome: 'cancelled' };
    case 'RebuildFailed':
      return { outcome: 'failed' };
    default:
      return {};
  }
}

function stepOf({ type, data }: RebuildTransition): RecordedStep {
  const at = Object.entries(data).find(([name]) => name.endsWith('At'))?.[1] as string;
  const by = 'requestedBy' in data ? data.requestedBy : null;
  const reason = 'reason' in data ? data.reason : 'message' in data ? data.message : null;
  return { type, at, by, reason };
}
