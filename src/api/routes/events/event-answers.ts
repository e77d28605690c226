import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EventView } from '../../../projections/events/queries.ts';
import { etagOf, eventJson, JSON_CONTENT_TYPE, type Sight } from '../../event-json.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { isUuid } from '../../plugins/request-context.ts';
import type { success } from '../../problem-details.ts';

export const eventIdParams = { id: z.guid() };

/** The id in the path; `null` for what can be no id, which is answered like an unknown id. */
export function eventIdIn(request: FastifyRequest): string | null {
  const { id } = request.params as { readonly id: string };
  return isUuid(id) ? id.toLowerCase() : null;
}

export const sendEventNotFound = (reply: FastifyReply) => sendProblem(reply, { code: 'event-not-found' });

export function sendEvent(
  reply: FastifyReply,
  event: EventView | null,
  { sight, status }: { readonly sight: Sight; readonly status: (typeof success)[keyof typeof success] },
): FastifyReply {
  if (event === null) return sendEventNotFound(reply);
  return reply
    .code(status)
    .header('etag', etagOf(event, sight))
    .header('content-type', JSON_CONTENT_TYPE)
    .send(eventJson(event, sight));
}
