import type { CommandContext } from '../../../application/command-context.ts';
import { decodeEventTransition } from '../../../application/event-history.ts';
import { deriveUuid, streamOf } from '../../../application/event-identity.ts';
import type { RecordedTransition } from '../../../application/ports/event-log.ts';
import { readHistory } from '../../../application/read-history.ts';
import type { UseCases } from '../../../application/use-cases.ts';
import type { Rejection } from '../../../domain/event/rejections.ts';
import type { TransitionData } from '../../../domain/event/transitions.ts';
import type { RouteDependencies } from '../../dependencies.ts';

/** What an operator asks for. */
export interface AskedAct {
  readonly eventId: string;
  readonly clientId: string;
  readonly subject: string;
  /** The request's idempotency key; `null` without one. */
  readonly key: string | null;
  readonly reason: string;
  readonly context: CommandContext;
  /** Whether the requesting principal may know of the client's events; when not, the event is not found. Of all events by default. */
  readonly mayKnowOf?: (received: { readonly clientId: string }) => boolean;
}

export type ActAnswer =
  /** `isRepeat`: it had been asked for under this key before. */
  { readonly ok: true; readonly isRepeat: boolean } | { readonly ok: false; readonly rejection: Rejection };

type Sources = Pick<RouteDependencies, 'useCases' | 'log' | 'replayPermissionOf'>;

/**
 * Asks for the next generation. With a key, asking twice is asking once, also when the event has been processed again
 * meanwhile: the transition's id follows from the request, and the history shows whether it is there. The key of another
 * request about the event is refused.
 * @throws {LogUnavailable} and as `replayEvent`.
 */
export const replayOnce = (sources: Sources, asked: AskedAct): Promise<ActAnswer> =>
  actOnce(sources, 'replay', asked, ({ type }, context) =>
    sources.useCases.replayEvent(
      asked.eventId,
      { permission: sources.replayPermissionOf(type), reason: asked.reason, requestedBy: asked.subject },
      context,
    ),
  );

/** Gives a dead letter up, likewise. @throws {LogUnavailable} and as `discardEvent`. */
export const discardOnce = (sources: Sources, asked: AskedAct): Promise<ActAnswer> =>
  actOnce(sources, 'discard', asked, (_received, context) =>
    sources.useCases.discardEvent(asked.eventId, { reason: asked.reason, requestedBy: asked.subject }, context),
  );

type Act = 'replay' | 'discard';

async function actOnce(
  { log }: Sources,
  act: Act,
  asked: AskedAct,
  carryOut: (received: TransitionData<'EventReceived'>, context: CommandContext) => ReturnType<UseCases['replayEvent']>,
): Promise<ActAnswer> {
  const { eventId, key, mayKnowOf = () => true } = asked;
  const read = () => readHistory(log, streamOf(eventId));
  const history = await read();
  const received = history[0] && decodeEventTransition(history[0]);
  if (received?.type !== 'EventReceived' || !mayKnowOf(received.data)) return refused({ code: 'event-not-found' });
  const earlier = underSameKey(history, act, asked);
  if (earlier !== null) return earlier;
  // From all of the request: two different ones at once must not be taken for one by the log.
  const transitionId = key === null ? null : idOf(act, asked, { reason: asked.reason, requestedBy: asked.subject });
  const result = await carryOut(received.data, {
    ...asked.context,
    ...(transitionId === null ? {} : { transitionId: () => transitionId }),
  });
  if (result.ok) return { ok: true, isRepeat: !result.changed };
  // Another request under the key may have come between.
  return (key === null ? null : underSameKey(await read(), act, asked)) ?? refused(result.rejection);
}

/** What an act that is in the history says about this request; `null` when none has its key. */
function underSameKey(history: readonly RecordedTransition[], act: Act, asked: AskedAct): ActAnswer | null {
  if (asked.key === null) return null;
  for (const recorded of history) {
    const transition = decodeEventTransition(recorded);
    if (transition.type !== 'ReplayRequested' && transition.type !== 'EventDiscarded') continue;
    const { reason, requestedBy } = transition.data;
    const found: Act = transition.type === 'ReplayRequested' ? 'replay' : 'discard';
    const ids = [idOf(found, asked, { reason, requestedBy }), idBeforeReasonsCounted(asked, asked.key)];
    if (!ids.includes(recorded.id)) continue;
    const isSame = found === act && reason === asked.reason && requestedBy === asked.subject;
    return isSame ? { ok: true, isRepeat: true } : refused({ code: 'idempotency-key-reused' });
  }
  return null;
}

const idOf = (
  act: Act,
  { clientId, eventId, key }: AskedAct,
  { reason, requestedBy }: { readonly reason: string; readonly requestedBy: string },
) => deriveUuid(act, clientId, eventId, key ?? '', reason, requestedBy);

/** Of replays in older histories. */
const idBeforeReasonsCounted = ({ clientId, eventId }: AskedAct, key: string) =>
  deriveUuid('replay', clientId, eventId, key);

const refused = (rejection: Rejection): ActAnswer => ({ ok: false, rejection });
