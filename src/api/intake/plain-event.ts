import { z } from 'zod';
import { parseExactly } from './exact-json.ts';
import { anyJson, plainName, printableKey, readFields } from './fields.ts';
import { asEnvelope, type JsonDocument, type Reading } from './json-document.ts';
import type { SentEvent } from './sent-event.ts';

/** The body of `POST /v1/events`. Its key travels in the header `Idempotency-Key`. */
export const singleEvent = z.strictObject({
  type: plainName,
  source: plainName,
  payload: anyJson,
  orderingKey: printableKey.optional(),
});

/** An item of a batch: there is no header for each, so the key is a member. */
export const batchItem = singleEvent.extend({ idempotencyKey: printableKey.optional() });

export const readSingleEvent = (document: JsonDocument) => readEvent(document, singleEvent);
export const readBatchItem = (document: JsonDocument) => readEvent(document, batchItem);

function readEvent(document: JsonDocument, schema: typeof singleEvent | typeof batchItem): Reading<SentEvent> {
  const envelope = asEnvelope(document);
  if (!envelope.ok) return envelope;
  const fields = readFields<typeof batchItem>(schema as typeof batchItem, document.value);
  if (!fields.ok) return fields;
  const { type, source, orderingKey = null, idempotencyKey = null } = fields.value;
  const text = document.textOf('payload') ?? 'null';
  return {
    ok: true,
    value: {
      type,
      source,
      payload: text,
      payloadValue: document.hasLongNumbers ? parseExactly(text) : fields.value.payload,
      contentType: 'application/json',
      orderingKey,
      cloudEvent: null,
      idempotencyKey,
    },
  };
}
