import { eventAggregate } from '../../../domain/event/aggregate.ts';
import type { DiscardEvent, ReplayEvent } from '../../../domain/event/commands.ts';
import type { Rejection } from '../../../domain/event/rejections.ts';
import type { TransitionData } from '../../../domain/event/transitions.ts';
import type { CommandContext } from '../../command-context.ts';
import { decodeEventTransition } from '../../event-history.ts';
import { deriveUuid, streamOf } from '../../event-identity.ts';
import { type CommandDependencies, handleCommand } from '../../handle-command.ts';
import type { RecordedTransition } from '../../ports/event-log.ts';
import { readHistory } from '../../read-history.ts';
import type { StoredTransition } from '../../sealed-transition.ts';

type Received = TransitionData<'EventReceived'>;

/** What an operator asks for. */
export interface AskedAct {
  readonly eventId: string;
  readonly clientId: string;
  readonly requestedBy: string;
  readonly reason: string;
  /** The request's idempotency key; `null` without one. */
  readonly key: string | null;
  readonly context: CommandContext;
  /** Whether the one who asks may know of the client's events; if not, the event is not found. Of all events by default. */
  readonly mayKnowOf?: (received: Pick<Received, 'clientId'>) => boolean;
}

export type ActAnswer =
  /** `isRepeat`: it had been asked for under this key before. The history is whole, with what was done just now. */
  | { readonly ok: true; readonly isRepeat: boolean; readonly history: readonly StoredTransition[] }
  | { readonly ok: false; readonly rejection: Rejection };

type Act = 'replay' | 'discard';

/**
 * Does what an operator asks for. With a key, asking twice is asking once, also when the event has been processed again
 * meanwhile: the transition's id follows from the request, and the history says whether it is there. The key of another
 * request about the event is refused.
 * @throws as {@link handleCommand}.
 */
export async function actOnce(
  dependencies: CommandDependencies,
  act: Act,
  asked: AskedAct,
  commandFor: (received: Received) => ReplayEvent | DiscardEvent,
): Promise<ActAnswer> {
  const { eventId, key, context, mayKnowOf = () => true } = asked;
  const session = dependencies.log.session();
  const history = await readHistory(dependencies.log, streamOf(eventId));
  const received = history[0] && decodeEventTransition(history[0]);
  if (received?.type !== 'EventReceived' || !mayKnowOf(received.data)) return refused({ code: 'event-not-found' });
  // From all of the request: two different ones at once must not be taken for one by the log.
  const transitionId = key === null ? null : idOf(act, asked, asked);
  const result = await handleCommand(eventAggregate, dependencies, {
    id: eventId,
    command: commandFor(received.data),
    context: transitionId === null ? context : { ...context, transitionId: () => transitionId },
    ...{ history, session },
    earlier: (found) => (key === null ? null : underSameKey(found, act, { ...asked, key })),
  });
  if (!result.ok) return refused(result.rejection);
  return { ok: true, isRepeat: !result.changed, history: result.history ?? history };
}

/** What an act that is in the history says about this request; `null` when none has its key. */
function underSameKey(history: readonly RecordedTransition[], act: Act, asked: AskedAct & { readonly key: string }) {
  for (const recorded of history) {
    const transition = decodeEventTransition(recorded);
    if (transition.type !== 'ReplayRequested' && transition.type !== 'EventDiscarded') continue;
    const { reason, requestedBy } = transition.data;
    const found: Act = transition.type === 'ReplayRequested' ? 'replay' : 'discard';
    const ids = [idOf(found, asked, transition.data), idBeforeReasonsCounted(asked)];
    if (!ids.includes(recorded.id)) continue;
    const isSame = found === act && reason === asked.reason && requestedBy === asked.requestedBy;
    return isSame ? alreadySo : refused({ code: 'idempotency-key-reused' });
  }
  return null;
}

const idOf = (
  act: Act,
  { clientId, eventId, key }: Pick<AskedAct, 'clientId' | 'eventId' | 'key'>,
  { reason, requestedBy }: Pick<AskedAct, 'reason' | 'requestedBy'>,
) => deriveUuid(act, clientId, eventId, key ?? '', reason, requestedBy);

/** Of replays in older histories. */
const idBeforeReasonsCounted = ({ clientId, eventId, key }: AskedAct & { readonly key: string }) =>
  deriveUuid('replay', clientId, eventId, key);

const alreadySo = { ok: true, transitions: [] } as const;
const refused = (rejection: Rejection) => ({ ok: false, rejection }) as const;
