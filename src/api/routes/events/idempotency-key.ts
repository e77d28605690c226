import type { FastifyRequest } from 'fastify';
import { printableKey, readFields } from '../../intake/fields.ts';
import type { Reading } from '../../intake/json-document.ts';

/** The key that the client chose for its request; `null` when there is none. */
export function idempotencyKeyOf(request: FastifyRequest): Reading<string | null> {
  const given = request.headers['idempotency-key'];
  if (given === undefined) return { ok: true, value: null };
  return readFields(printableKey, given, ['headers', 'idempotency-key']);
}
