import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EventReader } from '../../../application/ports/event-log.ts';
import { batchAnswer } from '../../answers/batch.ts';
import { exampleNewEvent } from '../../answers/event.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { eventJson, ofSender } from '../../event-json.ts';
import { readBatch } from '../../intake/batch.ts';
import { structuredCloudEvent } from '../../intake/cloud-event.ts';
import { decodeText, invalid, type Reading } from '../../intake/json-document.ts';
import { batchItem } from '../../intake/plain-event.ts';
import { type Reception, receiveSentEvent } from '../../intake/receive-sent-event.ts';
import type { PreparedEvent } from '../../intake/sent-event.ts';
import { defaultLimits } from '../../limits.ts';
import { commandContextOf } from '../../plugins/access.ts';
import { mediaTypeOf, takeBody } from '../../plugins/body-reading.ts';
import { problemOf, sendProblem } from '../../plugins/problems.ts';
import { type Problem, problemDocument, statusOf, success } from '../../problem-details.ts';
import { readReceived } from '../../read-event.ts';
import { defineRoute } from '../../route.ts';
import { sendJsonPieces } from '../../send-json.ts';
import { exampleOfCloudEvent, exampleOfPlainEvent } from './examples.ts';

export const ingestBatch = defineRoute({
  name: 'sendEvents',
  method: 'POST',
  path: '/v1/events/batch',
  summary: 'Send a batch of events',
  description: `As a JSON array, as lines of JSON (NDJSON), or as a batch of CloudEvents; at most ${defaultLimits.batchItems} events. Each item is taken or refused on its own, with a result in the place of the item. A batch that is not what it says, or holds too many, is refused whole, and nothing of it is taken.`,
  access: { permission: 'events:write' },
  body: {
    content: {
      'application/json': {
        schema: z.array(batchItem),
        example: [{ ...exampleOfPlainEvent, idempotencyKey: 'my-first-order' }],
      },
      'application/x-ndjson': {
        schema: z.string().describe('On each line an event as JSON, with the members of those in `application/json`.'),
        example: `${JSON.stringify({ ...exampleOfPlainEvent, idempotencyKey: 'my-first-order' })}\n`,
      },
      'application/cloudevents-batch+json': {
        schema: z.array(structuredCloudEvent),
        example: [exampleOfCloudEvent],
      },
    },
    mostBytes: 'batchBodyBytes',
    memoryPerByte: 'memoryPerBatchByte',
  },
  answers: {
    200: {
      description: 'A result for each item, in their order.',
      body: {
        schema: batchAnswer,
        example: { results: [{ index: 0, status: 201, event: exampleNewEvent }] },
      },
    },
  },
  problems: ['batch-too-large', 'malformed-json'],
  handler(dependencies) {
    const { limits, log } = dependencies;
    return async (request, reply) => {
      const items = await readItems(request, dependencies);
      if (!items.ok) return sendProblem(reply, items.problem);
      const { clientId, sources = null } = request.principal;
      const by = { clientId, sources, idempotencyKey: null, context: commandContextOf(request) };
      const failures: unknown[] = [];
      const failed = (error: unknown): Reception => {
        failures.push(error);
        return { ok: false, problem: problemOf(error as Error) };
      };
      const receive = async (item: Reading<PreparedEvent>): Promise<Reception> =>
        item.ok ? receiveSentEvent(dependencies, item.value, by).catch(failed) : item;
      const receptions: Reception[] = [];
      // All of a slice at once: the log gathers them into one commit, in this order.
      for (const slice of slices(items.value, limits.batchSliceBytes))
        receptions.push(...(await Promise.all(slice.map(receive))));
      reportFailures(request, failures, receptions.length);
      // Every item has been received, or not, by now: a client who stops listening changes nothing.
      return sendJsonPieces(reply, answerPieces(receptions, log, limits.answerPieceBytes), limits.answerPieceBytes);
    };
  },
});

function reportFailures({ server, id: requestId }: FastifyRequest, failures: readonly unknown[], items: number): void {
  const [first] = failures;
  if (first === undefined) return server.repeatingReport.wentWell(ABOUT);
  const fields = { err: first, requestId, items, failed: failures.length };
  const kind = problemOf(first as Error).code;
  const message = 'events of a batch were not received';
  server.repeatingReport.occurred({ about: ABOUT, kind, level: 'error', fields, message });
}

const ABOUT = 'items of a batch';

async function readItems(
  request: FastifyRequest,
  { limits }: RouteDependencies,
): Promise<Reading<readonly Reading<PreparedEvent>[]>> {
  if (request.headers['idempotency-key'] !== undefined) return { ok: false, problem: keyOfABatch };
  const text = decodeText(takeBody(request));
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

/** Neighbours together, up to `length` of their payloads' text; one that is longer goes alone. */
function* slices(
  items: readonly Reading<PreparedEvent>[],
  length: number,
): Generator<readonly Reading<PreparedEvent>[]> {
  let slice: Reading<PreparedEvent>[] = [];
  let sliceLength = 0;
  for (const item of items) {
    const ofItem = item.ok ? item.value.payload.length : 0;
    if (slice.length > 0 && sliceLength + ofItem > length) {
      yield slice;
      slice = [];
      sliceLength = 0;
    }
    slice.push(item);
    sliceLength += ofItem;
  }
  if (slice.length > 0) yield slice;
}

/**
 * What was received before is read only when its turn to be sent has come: it may be larger than what came now. Most
 * results wait for nothing, so they are joined here: a piece for each would cost two promises for each.
 */
async function* answerPieces(
  receptions: readonly Reception[],
  log: Pick<EventReader, 'readStream'>,
  pieceLength: number,
): AsyncGenerator<string> {
  let text = '{"results":[';
  for (const [index, reception] of receptions.entries()) {
    const result = 'id' in reception ? await earlierResult(reception.id, log) : resultOf(reception);
    text += `${index === 0 ? '' : ','}{"index":${index},${result}}`;
    if (text.length < pieceLength) continue;
    yield text;
    text = '';
  }
  yield `${text}]}`;
}

const resultOf = (reception: Exclude<Reception, { readonly id: string }>) =>
  reception.ok
    ? `"status":${success.created},"event":${eventJson(reception.event, ofSender)}`
    : problemJson(reception.problem);

const earlierResult = (id: string, log: Pick<EventReader, 'readStream'>) =>
  readReceived(log, id).then(
    (event) => `"status":${success.ok},"event":${eventJson(event, ofSender)}`,
    (error) => problemJson(problemOf(error)),
  );

const problemJson = (problem: Problem) => `"status":${statusOf(problem)},"problem":${problemDocument(problem)}`;
