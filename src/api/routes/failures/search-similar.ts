import { z } from 'zod';
import { normalised } from '../../../domain/failure-group/normalise.ts';
import { exampleSimilarFailures, similarFailuresAnswer } from '../../answers/similar-failures.ts';
import { readBody } from '../../intake/json-body.ts';
import { memoryOfPage } from '../../limits.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { defineRoute } from '../../route.ts';
import { answerSimilar, DEFAULT_SIMILAR, MOST_SIMILAR } from './answer-similar.ts';

const body = z
  .strictObject({
    text: z
      .string()
      .trim()
      .min(1)
      .max(4_000)
      .describe('What failed, in any words, such as a line of a log or `Class: message`. A stack is left out.'),
    limit: z.int().min(1).max(MOST_SIMILAR).optional().describe(`Most items; ${DEFAULT_SIMILAR} unless given.`),
  })
  .meta({ id: 'SimilarFailuresSearch' });

export const searchSimilar = defineRoute({
  name: 'searchSimilarFailures',
  method: 'POST',
  path: '/v1/similar',
  summary: 'Find failures like a text',
  description: 'As for the failure of an event, for a text, among failures of all clients. Nothing is recorded.',
  access: { permission: 'events:read' },
  body: {
    content: { 'application/json': { schema: body, example: { text: 'the warehouse refuses connections' } } },
    mostBytes: 'bodyBytes',
    memoryPerByte: 'memoryPerBodyByte',
  },
  answers: {
    200: {
      description: 'The most similar first.',
      body: { schema: similarFailuresAnswer, example: exampleSimilarFailures },
    },
  },
  problems: ['read-database-unavailable'],
  handler: (dependencies) => async (request, reply) => {
    const given = readBody(request, body);
    if (!given.ok) return sendProblem(reply, given.problem);
    const refusal = await takeRoom(request, reply, memoryOfPage(dependencies.limits));
    if (refusal !== null) return sendProblem(reply, refusal);
    const { text, limit = DEFAULT_SIMILAR } = given.value;
    return answerSimilar(dependencies, { ...failureIn(text), handler: null, eventId: null, limit }, request, reply);
  },
});

/** `Class: message`, as errors print themselves, or a message alone; without the lines of a stack. */
function failureIn(text: string) {
  const said = text
    .split('\n')
    .filter((line) => !/^\s*at /.test(line))
    .join(' ');
  const { name = '', message = said } = /^(?<name>[A-Z][\w$.]*): (?<message>.+)$/su.exec(said)?.groups ?? {};
  return { class: name, message: normalised(message) };
}
