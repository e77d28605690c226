import type { FastifyReply, FastifyRequest } from 'fastify';
import { createProver } from '../../../application/anchoring/prove-transitions.ts';
import { streamOf } from '../../../application/event-identity.ts';
import type { RecordedTransition } from '../../../application/ports/event-log.ts';
import { eventFromHistory } from '../../../projections/events/queries.ts';
import { exampleReceipt, receiptAnswer } from '../../answers/receipt.ts';
import { memoryOfPage } from '../../limits.ts';
import { mayKnowOf } from '../../plugins/access.ts';
import { countPayloadsRead } from '../../plugins/access-counts.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { lastAnchored, receiptPieces } from '../../receipts.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfReadingTheLog } from '../../route-problems.ts';
import { sendJsonPieces } from '../../send-json.ts';
import { eventIdIn, eventIdParams, sendEventNotFound } from './event-answers.ts';

/** As often as a checkpoint is signed by default. */
const RETRY_AFTER_SECONDS = 10;

/** A long history is proven while it is sent. What is lost meanwhile ends the connection, because the status has been sent. */
export const getReceipt = defineRoute({
  name: 'getReceipt',
  method: 'GET',
  path: '/v1/events/:id/receipt',
  summary: "Get an event's receipt",
  description:
    'The transitions of the event that are under the newest checkpoint, each with the proof of it: a file that proves itself without EventOps. With `Accept: text/plain`, one C2SP tlog-proof alone: of the last of them, whose hash vouches for those before it. docs/audit.md says how both are checked.',
  access: { permission: 'audit:read', forOwnEvents: 'events:write' },
  params: eventIdParams,
  answers: {
    200: {
      description: 'The receipt.',
      body: { schema: receiptAnswer, example: exampleReceipt },
      text: ['text/plain'],
    },
  },
  problems: ['audit-tree-unavailable', 'event-not-found', 'receipt-not-ready', ...problemsOfReadingTheLog],
  handler:
    ({ log, auditTree, limits }) =>
    async (request, reply) => {
      const id = eventIdIn(request);
      const refusal = await takeRoom(request, reply, memoryOfPage(limits));
      if (refusal !== null) return sendProblem(reply, refusal);
      const [first] = id === null ? [] : await firstPage(log.readPages(streamOf(id)));
      if (id === null || first === undefined || !mayKnow(request, first)) return sendEventNotFound(reply);
      const prover = await createProver({ log, tree: auditTree });
      if (prover === null || !prover.isAnchored(first)) return sendNotReady(reply);
      reply.header('vary', 'accept');
      const history = log.readPages(streamOf(id));
      if (!wantsProofAlone(request)) {
        countPayloadsRead(request, 1);
        return sendJsonPieces(reply, receiptPieces(history, prover, request), limits.answerPieceBytes);
      }
      const last = await lastAnchored(history, prover);
      if (last === null) return sendNotReady(reply);
      return reply.header('content-type', 'text/plain; charset=utf-8').send(await prover.prove(last, true));
    },
});

async function firstPage<Page>(pages: AsyncIterable<Page>): Promise<Page | readonly []> {
  for await (const page of pages) return page;
  return [];
}

const mayKnow = (request: FastifyRequest, first: RecordedTransition) => {
  const event = request.ownEventsOnly ? eventFromHistory([first]) : null;
  return event === null ? !request.ownEventsOnly : mayKnowOf(request, event);
};

const wantsProofAlone = ({ headers: { accept = '' } }: FastifyRequest) =>
  accept.includes('text/plain') && !accept.includes('application/json');

const sendNotReady = (reply: FastifyReply) =>
  sendProblem(reply, {
    code: 'receipt-not-ready',
    detail: 'The next checkpoint, some seconds after the event, covers it. Ask again then.',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
