import { fastifyCors } from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** What a page may read of an answer beside its body. */
const exposedHeaders = [
  'etag',
  'idempotent-replayed',
  'location',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'x-request-id',
];

const PREFLIGHT_SECONDS = 600;

/**
 * Lets pages of these origins use the API; without any, nothing says so, and browsers keep all others' pages away. Has to
 * come before the hooks that refuse requests, so that pages can read refusals, and before those that look at routes: the
 * plugin adds one for every path, which answers preflights without a token, as browsers send them.
 */
export function addCrossOrigin(server: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const options = { origin: [...origins], exposedHeaders, maxAge: PREFLIGHT_SECONDS, strictPreflight: false };
  // Called instead of registered: what is registered comes after everything that is added here.
  fastifyCors(server, options, (error) => {
    if (error !== undefined) throw error;
  });
}
