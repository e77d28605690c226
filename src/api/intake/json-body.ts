import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { takeBody } from '../plugins/body-reading.ts';
import { readFields } from './fields.ts';
import { asEnvelope, decodeText, type Reading, readDocument } from './json-document.ts';

/** A small JSON body as `schema` has it. */
export function readBody<Schema extends z.ZodType>(request: FastifyRequest, schema: Schema): Reading<z.output<Schema>> {
  const text = decodeText(takeBody(request));
  if (!text.ok) return text;
  const document = readDocument(text.value);
  const envelope = document.ok ? asEnvelope(document.value) : document;
  return envelope.ok ? readFields(schema, envelope.value.value) : envelope;
}
