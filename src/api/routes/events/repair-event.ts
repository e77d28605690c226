import type { FastifyRequest } from 'fastify';
import { streamOf } from '../../../application/event-identity.ts';
import { ConcurrencyConflict } from '../../../application/failures.ts';
import { timestamp } from '../../../application/ports/clock.ts';
import type { RecordedTransition } from '../../../application/ports/event-log.ts';
import type { RowRepairOutcome } from '../../../application/ports/row-repair.ts';
import { readHistory } from '../../../application/read-history.ts';
import { eventFromHistory } from '../../../projections/events/queries.ts';
import { exampleRowRepair, rowRepairAnswer } from '../../answers/row-repair.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { readReason, reasonBody } from '../../intake/reason.ts';
import { memoryOfEvent } from '../../limits.ts';
import { toReadEvents } from '../../permissions.ts';
import { actContextOf, mayKnowOf } from '../../plugins/access.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { problemOfRejection } from '../../problem-details.ts';
import { defineRoute } from '../../route.ts';
import { problemsOfAppending } from '../../route-problems.ts';
import { eventIdIn, eventIdParams, sendEventNotFound } from './event-answers.ts';

/** An event that moves on more often than that while it is repaired is right again without it. */
const MOST_TRIES = 5;

export const repairEvent = defineRoute({
  name: 'repairEvent',
  method: 'POST',
  path: '/v1/events/:id/repair',
  summary: "Repair an event's rows",
  description:
    "Writes the event's rows in `events`, `due-work` and `dead-letters` again from its history, which stays as it is, and says what was wrong in them. Who asked for it, why, and what was found is recorded. A row that is ahead of its history is left alone.",
  access: { permission: 'projections:rebuild', and: toReadEvents },
  countsAs: 'act',
  params: eventIdParams,
  body: {
    content: { 'application/json': { schema: reasonBody, example: { reason: 'the audit of rows named it' } } },
    mostBytes: 'bodyBytes',
    memoryPerByte: 'memoryPerBodyByte',
  },
  answers: {
    200: { description: 'What was found.', body: { schema: rowRepairAnswer, example: exampleRowRepair } },
  },
  problems: [
    ...(['event-not-found', 'row-ahead-of-history', 'read-database-unavailable', 'read-database-refused'] as const),
    ...problemsOfAppending,
  ],
  handler: (dependencies) => async (request, reply) => {
    const { log, limits, random, clock } = dependencies;
    const given = readReason(request);
    if (!given.ok) return sendProblem(reply, given.problem);
    const id = eventIdIn(request);
    if (id === null) return sendEventNotFound(reply);
    const refusal = await takeRoom(request, reply, memoryOfEvent(limits));
    if (refusal !== null) return sendProblem(reply, refusal);
    const history = await readHistory(log, streamOf(id));
    const event = eventFromHistory(history);
    if (event === null || !mayKnowOf(request, event)) return sendEventNotFound(reply);
    // Before anything is recorded of it.
    dependencies.rowRepair.requireAvailable();
    const repairId = random.uuid();
    const asked = { id: repairId, reason: given.value.reason, requestedBy: request.principal.subject };
    const requested = await record(dependencies, request, { kind: 'RequestRowRepair', ...asked });
    if (!requested.ok) return sendProblem(reply, problemOfRejection(requested.rejection));
    const { outcome, revision } = await repaired(dependencies, history);
    if (outcome.kind === 'row-ahead') {
      const detail = `Its row in ${outcome.projection} is of revision ${outcome.revision}, its history ends at ${revision}. The row is evidence that the log has lost something, unless it was changed by hand: verify the log, then rebuild ${outcome.projection}.`;
      return sendProblem(reply, { code: 'row-ahead-of-history', detail });
    }
    const { tables } = outcome;
    const repairedAt = timestamp(clock.now());
    const recorded = await record(dependencies, request, { kind: 'RecordRowRepaired', id: repairId, revision, tables });
    if (!recorded.ok) return sendProblem(reply, problemOfRejection(recorded.rejection));
    const answer = { id, repairId, revision, repairedAt, tables };
    return reply.header('content-type', JSON_CONTENT_TYPE).send(JSON.stringify(answer));
  },
});

type Command = Parameters<RouteDependencies['useCases']['operateRowRepair']>[0]['command'];

const record = ({ useCases }: Pick<RouteDependencies, 'useCases'>, request: FastifyRequest, command: Command) =>
  useCases.operateRowRepair({ eventId: eventIdIn(request) ?? '', command, context: actContextOf(request) });

/**
 * A projector may have written more than the history that was read. Only a history that was read after the row was seen
 * shows that a row is ahead of it.
 */
async function repaired(
  { log, rowRepair }: Pick<RouteDependencies, 'log' | 'rowRepair'>,
  first: readonly RecordedTransition[],
): Promise<{ readonly outcome: RowRepairOutcome; readonly revision: number }> {
  let history = first;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const outcome = await rowRepair.repair(history);
    const revision = Number(history.at(-1)?.revision);
    if (outcome.kind === 'repaired') return { outcome, revision };
    history = await readHistory(log, history[0]?.stream ?? '');
    const head = Number(history.at(-1)?.revision ?? -1n);
    if (head < outcome.revision) return { outcome, revision: head };
  }
  throw new ConcurrencyConflict('The event moved on while its rows were repaired; ask again');
}
