import type { FastifyRequest } from 'fastify';
import { printableKey, readFields } from '../../intake/fields.ts';
import { valuesOf } from '../../intake/header-values.ts';
import { invalid, type Reading, refused } from '../../intake/json-document.ts';

/** The key that the client chose for its request; `null` when there is none. */
export function idempotencyKeyOf(request: FastifyRequest): Reading<string | null> {
  const [given, another] = valuesOf(request, 'idempotency-key');
  if (given === undefined) return { ok: true, value: null };
  if (another !== undefined)
    return refused(
      invalid([{ pointer: '/headers/idempotency-key', code: 'repeated-header', message: 'is there more than once' }]),
    );
  return readFields(printableKey, given, ['headers', 'idempotency-key']);
}
