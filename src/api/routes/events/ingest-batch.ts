import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RouteDependencies } from '../../dependencies.ts';
import { eventJson, JSON_CONTENT_TYPE } from '../../event-json.ts';
import { readBatch } from '../../intake/batch.ts';
import { decodeText, invalid, type Reading } from '../../intake/json-document.ts';
import { type Reception, receiveSentEvent } from '../../intake/receive-sent-event.ts';
import type { SentEvent } from '../../intake/sent-event.ts';
import { commandContextOf } from '../../plugins/access.ts';
import { bodyOf, mediaTypeOf } from '../../plugins/body-reading.ts';
import { problemOf, sendProblem } from '../../plugins/problems.ts';
import { type Problem, problemDocument, statusOf, success } from '../../problem-details.ts';

export function addIngestBatch(server: FastifyInstance, dependencies: RouteDependencies): void {
  const { limits, logger } = dependencies;
  server.post(
    '/v1/events/batch',
    {
      bodyLimit: limits.batchBodyBytes,
      config: {
        access: { permission: 'events:write' },
        takes: ['application/json', 'application/x-ndjson', 'application/cloudevents-batch+json'],
      },
    },
    async (request, reply) => {
      const items = readItems(request, dependencies);
      if (!items.ok) return sendProblem(reply, items.problem);
      const by = { clientId: request.principal.clientId, idempotencyKey: null, context: commandContextOf(request) };
      const failures: unknown[] = [];
      const receive = async (item: Reading<SentEvent>): Promise<Reception> => {
        if (!item.ok) return item;
        try {
          return await receiveSentEvent(dependencies, item.value, by);
        } catch (error) {
          failures.push(error);
          return { ok: false, problem: problemOf(error as Error) };
        }
      };
      // All at once: the log gathers them into one commit, in this order.
      const receptions = await Promise.all(items.value.map(receive));
      if (failures.length > 0) {
        const counts = { items: receptions.length, failed: failures.length };
        logger.error({ err: failures[0], requestId: request.id, ...counts }, 'events of a batch were not received');
      }
      return reply.header('content-type', JSON_CONTENT_TYPE).send(`{"results":[${receptions.map(result).join()}]}`);
    },
  );
}

function readItems(request: FastifyRequest, { limits }: RouteDependencies): Reading<readonly Reading<SentEvent>[]> {
  if (request.headers['idempotency-key'] !== undefined) return { ok: false, problem: keyOfABatch };
  const text = decodeText(bodyOf(request));
  return text.ok ? readBatch(text.value, mediaTypeOf(request), limits) : text;
}

const keyOfABatch: Problem = invalid([
  {
    pointer: '/headers/idempotency-key',
    code: 'not-supported',
    message:
      'a batch has no key of its own: each item brings one, as idempotencyKey or as the source and id of a CloudEvent',
  },
]);

function result(reception: Reception, index: number): string {
  if (!reception.ok) {
    const { problem } = reception;
    return `{"index":${index},"status":${statusOf(problem)},"problem":${problemDocument(problem)}}`;
  }
  const status = reception.isNew ? success.created : success.ok;
  return `{"index":${index},"status":${status},"event":${eventJson(reception.event)}}`;
}
