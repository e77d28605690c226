import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { takeBody } from '../plugins/body-reading.ts';
import { readFields } from './fields.ts';
import { asEnvelope, decodeText, type Reading, readDocument } from './json-document.ts';

const body = z.strictObject({ reason: z.string().min(1).max(500) });

/** Why an operator wants what he asks for: it goes into the history. */
export function readReason(request: FastifyRequest): Reading<{ readonly reason: string }> {
  const text = decodeText(takeBody(request));
  if (!text.ok) return text;
  const document = readDocument(text.value);
  const envelope = document.ok ? asEnvelope(document.value) : document;
  return envelope.ok ? readFields(body, envelope.value.value) : envelope;
}
