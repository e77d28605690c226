import { z } from 'zod';
import { createChainCheck } from '../../../application/envelope.ts';
import { streamOf } from '../../../application/event-identity.ts';
import { pagesThen } from '../../../application/history-then.ts';
import type { RecordedTransition } from '../../../application/ports/event-log.ts';
import { exampleHistory, historyAnswer } from '../../answers/history.ts';
import type { Sight } from '../../event-json.ts';
import { atMostOneOf, thenQuery } from '../../intake/then.ts';
import { memoryOfPage } from '../../limits.ts';
import { countPayloadsRead } from '../../plugins/access-counts.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfReadingTheLog } from '../../route-problems.ts';
import { sendJsonPieces } from '../../send-json.ts';
import { damagedTransitionJson, transitionJson } from '../../transition-json.ts';
import { eventIdIn, eventIdParams, sendEventNotFound } from './event-answers.ts';

/**
 * Straight from the log: what an auditor trusts. A long one is read page by page as it is sent. A log that is lost meanwhile
 * ends the connection, because the status has been sent.
 */
export const getHistory = defineRoute({
  name: 'getHistory',
  method: 'GET',
  path: '/v1/events/:id/history',
  summary: "Get an event's history",
  description:
    'Every transition of the event in order, up to now or to a moment, straight from the log, each with the hash of the one before. docs/histories.md says how the hashes are checked. Without the permission `payloads:read` the payload is left out, and the hash of the transition that holds it cannot be checked from the answer.',
  access: { permission: 'audit:read' },
  params: eventIdParams,
  query: z.strictObject(thenQuery).superRefine(atMostOneOf('asOf', 'asOfPosition')),
  answers: { 200: { description: 'The history.', body: { schema: historyAnswer, example: exampleHistory } } },
  problems: ['event-not-found', ...problemsOfReadingTheLog],
  handler:
    ({ log, limits }) =>
    async (request, reply, then) => {
      const id = eventIdIn(request);
      const refusal = await takeRoom(request, reply, memoryOfPage(limits));
      if (refusal !== null) return sendProblem(reply, refusal);
      if (id === null) return sendEventNotFound(reply);
      const pages = pagesThen(log, streamOf(id), then);
      const first = await pages.next();
      if (first.done === true) return sendEventNotFound(reply);
      countPayloadsRead(request, 1);
      return sendJsonPieces(reply, answerPieces(first.value, pages, request), limits.answerPieceBytes);
    },
});

type Page = readonly RecordedTransition[];

async function* answerPieces(first: Page, rest: AsyncIterator<Page>, sight: Sight): AsyncGenerator<string> {
  const isUnbrokenUpTo = createChainCheck();
  let verified = true;
  let separator = '{"items":[';
  try {
    for (let page: Page | null = first; page !== null; page = await nextOf(rest)) {
      for (const recorded of page) {
        verified = isUnbrokenUpTo(recorded);
        yield `${separator}${verified ? transitionJson(recorded, sight) : damagedTransitionJson(recorded, sight)}`;
        separator = ',';
      }
    }
    yield `],"verified":${verified}}`;
  } finally {
    await rest.return?.();
  }
}

async function nextOf(pages: AsyncIterator<Page>): Promise<Page | null> {
  const next = await pages.next();
  return next.done === true ? null : next.value;
}
