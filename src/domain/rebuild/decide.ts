import type { Decision as DecisionOf } from '../aggregate.ts';
import type { OperateRebuild, RebuildCommand, RecordRebuild, RequestRebuild } from './commands.ts';
import type { RebuildRejection } from './rejections.ts';
import { mayFollow, type RebuildState } from './state.ts';
import type { RebuildTransition } from './transitions.ts';

type Decision = DecisionOf<RebuildTransition, RebuildRejection>;

/** What follows from a command in a state. Pure and total: every refusal is a value. */
export function decide(state: RebuildState | null, command: RebuildCommand): Decision {
  if (command.kind === 'RequestRebuild') return request(state, command);
  if (state === null || state.id !== command.id) return reject({ code: 'rebuild-not-found' });
  const refusal = 'requestedBy' in command ? refusalOf(state, command) : null;
  if (refusal !== null) return reject(refusal);
  const transitions = 'requestedBy' in command ? operated(state, command) : recorded(command);
  const [first] = transitions;
  // What a process records twice, after a crash in between, was recorded.
  if (!('requestedBy' in command) && state.steps.at(-1)?.type === first?.type) return accept();
  if (first !== undefined && !mayFollow(state, first.type))
    return reject({ code: 'rebuild-step-refused', step: state.step });
  return accept(...transitions);
}

function request(state: RebuildState | null, { id, reason, requestedBy, version, now }: RequestRebuild): Decision {
  if (state !== null && state.step !== 'dropped') {
    if (state.id === id) return accept();
    const [requested] = state.steps;
    const by = { requestedBy: requested?.by ?? '', requestedAt: requested?.at ?? '' };
    return reject({ code: 'rebuild-under-way', id: state.id, step: state.step, ...by });
  }
  return accept({ type: 'RebuildRequested', data: { id, reason, requestedAt: now, requestedBy, version } });
}

/** What needs a better answer than that the step is another one. */
function refusalOf(state: RebuildState, command: OperateRebuild): RebuildRejection | null {
  const { step, report, isAccepted } = state;
  if (command.kind === 'RollBackRebuild' && step !== 'promoted') return { code: 'nothing-to-roll-back-to', step };
  if (command.kind !== 'PromoteRebuild' || step !== 'compared' || report === null) return null;
  const { rows, rowsThatDiffer } = report;
  const isToBeAccepted = rowsThatDiffer > 0 && !isAccepted && !command.acceptsDifferences;
  return isToBeAccepted ? { code: 'rebuild-differs', rows, rowsThatDiffer } : null;
}

function operated(state: RebuildState, command: OperateRebuild): readonly RebuildTransition[] {
  const { id, reason, requestedBy, now: requestedAt } = command;
  const data = { id, reason, requestedAt, requestedBy };
  switch (command.kind) {
    case 'CompareRebuild':
      return [{ type: 'RebuildComparisonRequested', data }];
    case 'PromoteRebuild': {
      const { rowsThatDiffer = 0 } = state.report ?? {};
      const isAccepting = command.acceptsDifferences && rowsThatDiffer > 0 && !state.isAccepted;
      const promotion = { type: 'RebuildPromotionRequested', data } as const;
      return isAccepting
        ? [{ type: 'RebuildDifferencesAccepted', data: { ...data, rowsThatDiffer } }, promotion]
        : [promotion];
    }
    case 'RollBackRebuild':
      return [{ type: 'RebuildRollbackRequested', data }];
    case 'CancelRebuild':
      return [{ type: 'RebuildCancelled', data }];
    case 'DropRebuild':
      return [{ type: 'RebuildDropRequested', data }];
  }
}

function recorded(command: RecordRebuild): readonly RebuildTransition[] {
  const { id, now } = command;
  switch (command.kind) {
    case 'RecordFilled': {
      const { transitions, durationMs } = command;
      return [{ type: 'RebuildFilled', data: { durationMs, filledAt: now, id, transitions } }];
    }
    case 'RecordCompared':
      return [{ type: 'RebuildCompared', data: { comparedAt: now, id, report: command.report } }];
    case 'RecordPromoted':
      return [{ type: 'RebuildPromoted', data: { id, promotedAt: now } }];
    case 'RecordRolledBack':
      return [{ type: 'RebuildRolledBack', data: { id, rolledBackAt: now } }];
    case 'RecordExchangeFailed':
      return [{ type: 'RebuildExchangeFailed', data: { failedAt: now, id, message: command.message } }];
    case 'RecordFailed':
      return [{ type: 'RebuildFailed', data: { failedAt: now, id, message: command.message } }];
    case 'RecordDropped':
      return [{ type: 'RebuildDropped', data: { droppedAt: now, id } }];
  }
}

const accept = (...transitions: readonly RebuildTransition[]): Decision => ({ ok: true, transitions });
const reject = (rejection: RebuildRejection): Decision => ({ ok: false, rejection });
