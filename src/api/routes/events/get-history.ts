import type { FastifyInstance } from 'fastify';
import { isUnbroken, unseal } from '../../../application/envelope.ts';
import { streamOf } from '../../../application/event-identity.ts';
import type { RecordedTransition } from '../../../application/ports/event-log.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { memoryOfPage } from '../../limits.ts';
import { sendProblem } from '../../plugins/problems.ts';
import { takeRoom } from '../../plugins/room.ts';
import { sendJsonPieces } from '../../send-json.ts';
import { eventIdIn, sendEventNotFound } from './event-answers.ts';

/** Straight from the log: what an auditor trusts. docs/histories.md says how the hashes are checked. */
export function addGetHistory(server: FastifyInstance, { log, limits }: RouteDependencies): void {
  const config = { access: { permission: 'audit:read' } } as const;
  server.get('/v1/events/:id/history', { config }, async (request, reply) => {
    const id = eventIdIn(request);
    const refusal = await takeRoom(request, reply, memoryOfPage(limits));
    if (refusal !== null) return sendProblem(reply, refusal);
    const history = id === null ? [] : await log.readStream(streamOf(id));
    if (history.length === 0) return sendEventNotFound(reply);
    const verified = isUnbroken(history);
    return sendJsonPieces(reply, answerPieces(history, verified), limits.answerPieceBytes);
  });
}

async function* answerPieces(history: readonly RecordedTransition[], verified: boolean): AsyncGenerator<string> {
  const item = verified ? itemJson : damagedItemJson;
  for (const [index, recorded] of history.entries()) yield `${index === 0 ? '{"items":[' : ','}${item(recorded)}`;
  yield `],"verified":${verified}}`;
}

/** The data is spliced in as the text that was hashed. */
function itemJson(recorded: RecordedTransition): string {
  const { envelope, hash } = unseal(recorded);
  return `${JSON.stringify({ ...envelope, hash }).slice(0, -1)},"data":${recorded.data}}`;
}

/** In a broken history any text may be there; the answer has to stay JSON, and the rest of the history readable. */
function damagedItemJson(recorded: RecordedTransition): string {
  try {
    const item = itemJson(recorded);
    JSON.parse(item);
    return item;
  } catch {
    const { stream, revision, id, type, schemaVersion, recordedAt, data, metadata } = recorded;
    const unreadable = { data, metadata };
    return JSON.stringify({ stream, revision: Number(revision), id, type, schemaVersion, recordedAt, unreadable });
  }
}
