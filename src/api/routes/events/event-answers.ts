import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EventReader } from '../../../application/ports/event-log.ts';
import { etagOf, eventJson, JSON_CONTENT_TYPE } from '../../event-json.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { isUuid } from '../../plugins/request-context.ts';
import type { success } from '../../problem-details.ts';
import { readFromHistory } from '../../read-event.ts';

/** The id in the path; `null` for what can be no id, which is answered like an unknown id. */
export function eventIdIn(request: FastifyRequest): string | null {
  const { id } = request.params as { readonly id: string };
  return isUuid(id) ? id.toLowerCase() : null;
}

export const sendEventNotFound = (reply: FastifyReply) => sendProblem(reply, { code: 'event-not-found' });

/** The event as its history has it now. */
export async function sendEvent(
  reply: FastifyReply,
  log: Pick<EventReader, 'readStream'>,
  id: string,
  status: (typeof success)[keyof typeof success],
): Promise<FastifyReply> {
  const event = await readFromHistory(log, id);
  if (event === null) return sendEventNotFound(reply);
  return reply
    .code(status)
    .header('etag', etagOf(event))
    .header('content-type', JSON_CONTENT_TYPE)
    .send(eventJson(event));
}
