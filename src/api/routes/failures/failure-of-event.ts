import type { FastifyRequest } from 'fastify';
import { isAsWritten } from '../../../application/envelope.ts';
import { decodeEventTransition } from '../../../application/event-history.ts';
import { streamOf } from '../../../application/event-identity.ts';
import type { EventReader } from '../../../application/ports/event-log.ts';
import { readHistory } from '../../../application/read-history.ts';
import type { TransitionData } from '../../../domain/event/transitions.ts';
import { mayKnowOf } from '../../plugins/access.ts';
import type { Problem } from '../../problem-details.ts';

type FailureOfEvent =
  | { readonly ok: true; readonly failed: TransitionData<'ProcessingFailed'>; readonly revision: number }
  | { readonly ok: false; readonly problem: Problem };

/** Whether whoever asks may know of an event. @throws {LogUnavailable} */
export async function mayKnowOfEvent(
  log: Pick<EventReader, 'readPages'>,
  eventId: string,
  request: FastifyRequest,
): Promise<boolean> {
  if (!request.ownEventsOnly) return true;
  for await (const [first] of log.readPages(streamOf(eventId))) {
    // One that is not as it was written says nothing about whose the event is.
    if (first === undefined || !isAsWritten(first)) return false;
    const received = decodeEventTransition(first);
    return received.type === 'EventReceived' && mayKnowOf(request, received.data);
  }
  return false;
}

/** The last failure of an event that whoever asks may know of. @throws {LogUnavailable} @throws {HistoryBroken} */
export async function failureOfEvent(
  log: Pick<EventReader, 'readStream'>,
  eventId: string,
  request: FastifyRequest,
): Promise<FailureOfEvent> {
  const recorded = await readHistory(log, streamOf(eventId));
  const history = recorded.map(decodeEventTransition);
  const [received] = history;
  if (received?.type !== 'EventReceived' || !mayKnowOf(request, received.data))
    return { ok: false, problem: { code: 'event-not-found' } };
  const index = history.findLastIndex((transition) => transition.type === 'ProcessingFailed');
  const failed = history[index];
  if (failed?.type === 'ProcessingFailed')
    return { ok: true, failed: failed.data, revision: Number(recorded[index]?.revision) };
  return { ok: false, problem: { code: 'explanation-not-found', detail: 'No attempt of the event has failed.' } };
}
