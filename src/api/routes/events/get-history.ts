import type { FastifyInstance } from 'fastify';
import { isUnbroken, unseal } from '../../../application/envelope.ts';
import { streamOf } from '../../../application/event-identity.ts';
import type { RecordedTransition } from '../../../application/ports/event-log.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { JSON_CONTENT_TYPE } from '../../event-json.ts';
import { eventIdIn, sendEventNotFound } from './event-answers.ts';

/** Straight from the log: what an auditor trusts. docs/histories.md says how the hashes are checked. */
export function addGetHistory(server: FastifyInstance, { log }: RouteDependencies): void {
  const config = { access: { permission: 'audit:read' } } as const;
  server.get('/v1/events/:id/history', { config }, async (request, reply) => {
    const id = eventIdIn(request);
    const history = id === null ? [] : await log.readStream(streamOf(id));
    if (history.length === 0) return sendEventNotFound(reply);
    const verified = isUnbroken(history);
    const items = history.map(verified ? itemJson : damagedItemJson);
    return reply.header('content-type', JSON_CONTENT_TYPE).send(`{"items":[${items.join()}],"verified":${verified}}`);
  });
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
