import type { Decision as DecisionOf } from '../aggregate.ts';
import type { FailureGroupCommand } from './commands.ts';
import type { FailureGroupRejection } from './rejections.ts';
import { type FailureGroupState, mergedInto } from './state.ts';
import type { FailureGroupTransition } from './transitions.ts';

type Decision = DecisionOf<FailureGroupTransition, FailureGroupRejection>;

/** What follows from a command in a state. Pure and total: every refusal is a value. */
export function decide(state: FailureGroupState | null, command: FailureGroupCommand): Decision {
  const act = (state?.lastAct ?? 0) + 1;
  const accept = (transition: FailureGroupTransition): Decision => ({
    ok: true,
    transitions: state === null ? [{ type: 'FailureGroupOpened', data: command.of }, transition] : [transition],
  });
  const into = mergedInto(state);
  switch (command.kind) {
    case 'ResolveFailureGroup': {
      if (into !== null) return reject({ code: 'failure-group-merged', into });
      const { note, handlerVersion, requestedBy } = command;
      return accept({ type: 'FailureGroupResolved', data: { act, handlerVersion, note, requestedBy } });
    }
    case 'MergeFailureGroup': {
      if (into === command.into) return nothing;
      if (into !== null) return reject({ code: 'failure-group-merged', into });
      if ([command.into, ...command.beyond].includes(command.id)) return reject({ code: 'merge-leads-back' });
      const { reason, requestedBy } = command;
      return accept({ type: 'FailureGroupMerged', data: { act, into: command.into, reason, requestedBy } });
    }
    case 'SplitFailureGroup': {
      const { containing, reason, requestedBy, splitOff } = command;
      const isSplit = state?.acts.some((one) => one.type === 'FailureGroupSplit' && one.data.splitOff === splitOff);
      if (isSplit) return reject({ code: 'failure-group-split-before' });
      return accept({ type: 'FailureGroupSplit', data: { act, containing, reason, requestedBy, splitOff } });
    }
    case 'UndoFailureGroupAct': {
      const { reason, requestedBy, undone } = command;
      if (state?.undone.includes(undone)) return nothing;
      if (!state?.acts.some(({ data }) => data.act === undone)) return reject({ code: 'act-not-found' });
      return accept({ type: 'FailureGroupActUndone', data: { act, reason, requestedBy, undone } });
    }
    case 'RequestExplanation': {
      const { eventId, now: requestedAt, requestedBy } = command;
      // Whoever asks while another's request is not answered yet gets the same answer.
      if (state?.requests.some((request) => request.eventId === eventId)) return nothing;
      return accept({ type: 'ExplanationRequested', data: { act, eventId, requestedAt, requestedBy } });
    }
    case 'ExplainFailure': {
      const { explanation } = command;
      const { handlerVersion, request } = explanation;
      const isDone =
        request === null
          ? state?.explained.includes(handlerVersion)
          : !state?.requests.some((each) => each.act === request);
      return isDone ? nothing : accept({ type: 'FailureExplained', data: explanation });
    }
  }
}

const nothing: Decision = { ok: true, transitions: [] };
const reject = (rejection: FailureGroupRejection): Decision => ({ ok: false, rejection });
