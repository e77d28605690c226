import { eventAggregate } from '../../../domain/event/aggregate.ts';
import type { ReplayPermission } from '../../../domain/event/commands.ts';
import type { Rejection } from '../../../domain/event/rejections.ts';
import { fold, IllegalTransition } from '../../../domain/event/state.ts';
import type { PlanAction, PlanMember } from '../../../domain/replay-plan/transitions.ts';
import type { Actor } from '../../envelope.ts';
import { decodeEventTransition } from '../../event-history.ts';
import { deriveUuid, streamOf } from '../../event-identity.ts';
import { HistoryBroken, UndecodableTransition } from '../../failures.ts';
import { type CommandDependencies, handleCommand } from '../../handle-command.ts';
import { foldHistory } from '../../load.ts';
import { readHistory } from '../../read-history.ts';
import type { StoredTransition } from '../../sealed-transition.ts';

export interface AskedOfMember {
  readonly planId: string;
  readonly action: PlanAction;
  readonly member: PlanMember;
  /** The plan's. */
  readonly reason: string;
  /** Who started the plan. */
  readonly requestedBy: string;
  readonly actor: Actor;
  /** What the handler of an event type allows now. */
  readonly permissionOf: (type: string) => ReplayPermission;
}

export type MemberAnswer =
  /** It is done, now or by an earlier try. */
  { readonly ok: true } | { readonly ok: false; readonly why: string };

/**
 * Does to one event what its plan is for, once however often it is asked: the id of what is recorded follows from plan and
 * event, and the history says whether it is there. An event that is no longer what it was when the set was frozen is left
 * alone. @throws as {@link handleCommand}.
 */
export async function actOnMember(dependencies: CommandDependencies, asked: AskedOfMember): Promise<MemberAnswer> {
  try {
    return await act(dependencies, asked);
  } catch (error) {
    // One history that cannot be acted on must not keep a plan from all others.
    const isOfThisEvent = [HistoryBroken, UndecodableTransition, IllegalTransition].some((one) => error instanceof one);
    if (!isOfThisEvent) throw error;
    return { ok: false, why: 'its stored history is not what was written' };
  }
}

async function act(dependencies: CommandDependencies, asked: AskedOfMember): Promise<MemberAnswer> {
  const { planId, action, member, reason, requestedBy, actor, permissionOf } = asked;
  const session = dependencies.log.session();
  const history = await readHistory(dependencies.log, streamOf(member.eventId));
  const { state } = foldHistory(eventAggregate, history);
  if (state === null) return { ok: false, why: 'its history is gone' };
  const transitionId = idOfAct(planId, member.eventId);
  const why = { reason, requestedBy };
  const permission = permissionOf(state.received.type);
  const result = await handleCommand(eventAggregate, dependencies, {
    id: member.eventId,
    command: action === 'replay' ? { kind: 'ReplayEvent', permission, ...why } : { kind: 'DiscardEvent', ...why },
    context: { actor, planId, transitionId: () => transitionId },
    ...{ history, session },
    earlier: (found) => asBefore(found, transitionId, member),
  });
  return result.ok ? { ok: true } : { ok: false, why: whyNot(result.rejection) };
}

export const idOfAct = (planId: string, eventId: string) => deriveUuid('replay plan', planId, eventId);

/** Asked of each history that the command is decided on, so that what others append meanwhile is seen, too. */
function asBefore(history: readonly StoredTransition[], transitionId: string, { revision }: PlanMember) {
  if (history.some(({ id }) => id === transitionId)) return { ok: true, transitions: [] } as const;
  if (Number(history.at(-1)?.revision ?? -1) === revision) return null;
  const status = fold(history.map(decodeEventTransition))?.status ?? 'RECEIVED';
  return { ok: false, rejection: { code: 'event-changed', status } } as const;
}

function whyNot(rejection: Rejection): string {
  switch (rejection.code) {
    case 'event-changed':
      return `changed since the set was frozen; it is ${rejection.status}`;
    case 'replay-not-allowed':
      return `the handler of ${rejection.type} says replay: 'never'`;
    default:
      return rejection.code;
  }
}
