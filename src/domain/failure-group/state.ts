import type { FailureGroupTransition, TransitionData } from './transitions.ts';

type ActType = 'FailureGroupResolved' | 'FailureGroupMerged' | 'FailureGroupSplit';
/** An act that is in force. */
export type Act = FailureGroupTransition<ActType>;

/** What the history of one group adds up to. That it is seen again is in the histories of events. */
export interface FailureGroupState {
  readonly of: TransitionData<'FailureGroupOpened'>;
  /** Of the last act; 0 before the first. */
  readonly lastAct: number;
  /** Those that are in force, oldest first. */
  readonly acts: readonly Act[];
  /** Those that were undone, by their number. */
  readonly undone: readonly number[];
  /** Versions of the handler for which a failure was explained. */
  readonly explained: readonly (string | null)[];
  /** Requests that are not answered yet. */
  readonly requests: readonly TransitionData<'ExplanationRequested'>[];
}

/** The group that it is merged into; `null` when it stands for itself. */
export const mergedInto = (state: FailureGroupState | null): string | null => {
  const merge = state?.acts.findLast(({ type }) => type === 'FailureGroupMerged');
  return merge?.type === 'FailureGroupMerged' ? merge.data.into : null;
};

/** The group that a failure of this fingerprint belongs to, by its message as it was written; `null` for this one. */
export function splitOff(
  state: FailureGroupState | null,
  message: string,
): { readonly id: string; readonly containing: string } | null {
  for (const act of state?.acts ?? [])
    if (act.type === 'FailureGroupSplit' && message.includes(act.data.containing))
      return { id: act.data.splitOff, containing: act.data.containing };
  return null;
}

/** @throws when the transition cannot follow: only a damaged or foreign history does that. */
export function evolve(state: FailureGroupState | null, transition: FailureGroupTransition): FailureGroupState {
  if (state === null) {
    if (transition.type !== 'FailureGroupOpened') throw new Error(`${transition.type} cannot follow nothing`);
    return { of: transition.data, lastAct: 0, acts: [], undone: [], explained: [], requests: [] };
  }
  if (transition.type === 'FailureGroupOpened') throw new Error('FailureGroupOpened cannot follow anything');
  if (transition.type === 'FailureExplained') {
    const { handlerVersion, request } = transition.data;
    const isNew = !state.explained.includes(handlerVersion);
    return {
      ...state,
      explained: isNew ? [...state.explained, handlerVersion] : state.explained,
      requests: state.requests.filter(({ act }) => act !== request),
    };
  }
  const { act: number } = transition.data;
  if (number !== state.lastAct + 1) throw new Error(`Act ${number} cannot follow act ${state.lastAct}`);
  const next = { ...state, lastAct: number };
  switch (transition.type) {
    case 'ExplanationRequested':
      return { ...next, requests: [...state.requests, transition.data] };
    case 'FailureGroupActUndone': {
      const { undone } = transition.data;
      return {
        ...next,
        acts: state.acts.filter(({ data }) => data.act !== undone),
        undone: [...state.undone, undone],
      };
    }
    default:
      return { ...next, acts: [...state.acts, transition] };
  }
}
