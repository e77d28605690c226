import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { oneLine } from './fields.ts';
import { readBody } from './json-body.ts';
import type { Reading } from './json-document.ts';

export const reasonBody = z.strictObject({ reason: oneLine(500) });

/** Why operators want what they ask for: it goes into the history. */
export const readReason = (request: FastifyRequest): Reading<{ readonly reason: string }> =>
  readBody(request, reasonBody);
