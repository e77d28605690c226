import type { FastifyReply } from 'fastify';
import type { EventView } from '../../../projections/events/queries.ts';
import { etagOf, eventJson, JSON_CONTENT_TYPE, ofSender } from '../../event-json.ts';
import { success } from '../../problem-details.ts';

/** Answers who has just sent the event. @param receipt JSON text, which is put into that of the event. */
export function answerSent(
  reply: FastifyReply,
  event: EventView,
  { isNew, receipt = null }: { readonly isNew: boolean; readonly receipt?: string | null },
): FastifyReply {
  if (isNew) reply.code(success.created).header('location', `/v1/events/${event.id}`);
  else reply.code(success.ok).header('idempotent-replayed', 'true');
  const json = eventJson(event, ofSender);
  return reply
    .header('etag', etagOf(event, ofSender))
    .header('content-type', JSON_CONTENT_TYPE)
    .send(receipt === null ? json : `${json.slice(0, -1)},"receipt":${receipt}}`);
}
