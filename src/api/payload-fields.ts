import type { FastifyRequest } from 'fastify';
import { fieldsWithoutIndex, type PayloadFilter, type ReadDatabase } from '../projections/events/queries.ts';
import { pointerOf } from './intake/json-document.ts';
import { countRefused } from './plugins/access-counts.ts';
import type { Problem } from './problem-details.ts';

const PERMISSION = 'payloads:read';

/** Whoever may not see payloads must not learn from a list what is in them. */
export function refusalToLookIntoPayloads(request: FastifyRequest): Problem | null {
  if (request.seesPayloads) return null;
  countRefused(request, request.principal, { code: 'permission-missing', missing: PERMISSION });
  return {
    code: 'permission-missing',
    detail: `To filter by fields of payloads, the permission ${PERMISSION} is needed.`,
    members: { permission: PERMISSION },
  };
}

/** By a field without an index, every payload would have to be read. @throws {ReadDatabaseUnavailable} */
export async function refusalOfPayloadFields(
  db: ReadDatabase,
  filters: readonly PayloadFilter[] = [],
): Promise<Problem | null> {
  const missing = await fieldsWithoutIndex(
    db,
    filters.map(({ field }) => field),
  );
  if (missing.length === 0) return null;
  return {
    code: 'payload-field-not-indexed',
    detail:
      'Events can be found by the fields that PAYLOAD_FIELDS names, once their indexes are built: name them there, in the processes with the role projector.',
    errors: missing.map((field) => ({
      pointer: pointerOf('query', `payload.${field}`),
      code: 'not-indexed',
      message: 'has no index',
    })),
  };
}
