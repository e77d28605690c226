import type { FastifyRequest } from 'fastify';
import { decodeEventTransition } from '../../../application/event-history.ts';
import { streamOf } from '../../../application/event-identity.ts';
import type { EventReader } from '../../../application/ports/event-log.ts';
import { readHistory } from '../../../application/read-history.ts';
import type { TransitionData } from '../../../domain/event/transitions.ts';
import { mayKnowOf } from '../../plugins/access.ts';
import type { Problem } from '../../problem-details.ts';

type FailureOfEvent =
  | { readonly ok: true; readonly failed: TransitionData<'ProcessingFailed'> }
  | { readonly ok: false; readonly problem: Problem };

/** The last failure of an event that whoever asks may know of. @throws {LogUnavailable} @throws {HistoryBroken} */
export async function failureOfEvent(
  log: Pick<EventReader, 'readStream'>,
  eventId: string,
  request: FastifyRequest,
): Promise<FailureOfEvent> {
  const history = (await readHistory(log, streamOf(eventId))).map(decodeEventTransition);
  const [received] = history;
  if (received?.type !== 'EventReceived' || !mayKnowOf(request, received.data))
    return { ok: false, problem: { code: 'event-not-found' } };
  const failed = history.findLast((transition) => transition.type === 'ProcessingFailed');
  if (failed?.type === 'ProcessingFailed') return { ok: true, failed: failed.data };
  return { ok: false, problem: { code: 'explanation-not-found', detail: 'No attempt of the event has failed.' } };
}
