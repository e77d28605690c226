import { z } from 'zod';
import { keyOfCloudEvent } from '../../application/event-identity.ts';
import type { Problem } from '../problem-details.ts';
import { parseExactly } from './exact-json.ts';
import { plainName, printableKey, readFields } from './fields.ts';
import { asEnvelope, invalid, type JsonDocument, pointerOf, type Reading, refused } from './json-document.ts';
import type { SentEvent } from './sent-event.ts';

// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#type-system: no control characters.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
const attributeText = z
  .string()
  .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, { error: 'must not hold control characters' });
const attributeName = /^[a-z0-9]{1,64}$/;

const attributes = z
  .object({
    specversion: z.literal('1.0'),
    id: attributeText.min(1).max(255),
    source: plainName,
    type: plainName,
    time: z.iso.datetime({ offset: true }).optional(),
    subject: attributeText.min(1).optional(),
    dataschema: attributeText.min(1).optional(),
    datacontenttype: attributeText.min(1).optional(),
    /** The partitioning extension: what is to be kept in order. */
    partitionkey: printableKey.optional(),
  })
  .catchall(z.union([attributeText, z.int32(), z.boolean()], { error: 'must be text, a 32-bit integer or a boolean' }));

/** `application/cloudevents+json`: everything in one object. Extensions are kept as attributes, so none is unknown. */
export function readStructured(document: JsonDocument): Reading<SentEvent> {
  const envelope = asEnvelope(document);
  if (!envelope.ok) return envelope;
  const { value } = document;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refused(invalid([{ pointer: '', code: 'wrong-type', message: 'must be an object' }]));
  const { data = null, data_base64: binary, ...others } = value as Record<string, unknown>;
  if (binary !== undefined)
    return refused(
      invalid([{ pointer: '/data_base64', code: 'not-supported', message: 'binary data is not taken; send JSON' }]),
    );
  // An attribute that is null is one that is not there, says the JSON format.
  const given = Object.fromEntries(Object.entries(others).filter(([, attribute]) => attribute !== null));
  const text = document.textOf('data') ?? 'null';
  return readAttributes(given, { text, value: document.hasLongNumbers ? parseExactly(text) : data });
}

/** Attributes in `ce-` headers, the data alone in the body; no body is null. */
export function readBinary(rawHeaders: readonly string[], body: JsonDocument | null): Reading<SentEvent> {
  const given = new Map<string, string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const header = rawHeaders[index]?.toLowerCase() ?? '';
    if (!header.startsWith('ce-')) continue;
    const attribute = header.slice(3);
    const value = percentDecoded(rawHeaders[index + 1] ?? '');
    const message = given.has(attribute) ? 'is there more than once' : 'is not percent-encoded UTF-8';
    if (value === null || given.has(attribute))
      return refused(inHeaders(invalid([{ pointer: pointerOf(attribute), code: 'wrong-format', message }])));
    given.set(attribute, value);
  }
  const text = body?.text.trim() ?? 'null';
  const value = body?.hasLongNumbers ? parseExactly(text) : (body?.value ?? null);
  const sent = readAttributes(Object.fromEntries(given), { text, value });
  return sent.ok ? sent : refused(inHeaders(sent.problem));
}

/** The problem of an attribute as the problem of the header that it came in. */
const inHeaders = ({ errors = [], ...problem }: Problem): Problem => ({
  ...problem,
  errors: errors.map((error) => ({ ...error, pointer: `/headers/ce-${error.pointer.slice(1)}` })),
});

/** Whether a request that is not structured carries a CloudEvent all the same. */
export const isBinary = (headers: Readonly<Record<string, unknown>>) =>
  ['ce-specversion', 'ce-id', 'ce-source', 'ce-type'].some((name) => headers[name] !== undefined);

function readAttributes(
  given: Readonly<Record<string, unknown>>,
  data: { readonly text: string; readonly value: unknown },
): Reading<SentEvent> {
  const misnamed = Object.keys(given).filter((name) => !attributeName.test(name));
  if (misnamed.length > 0) {
    const message = 'an attribute is named with 1 to 64 characters of a-z 0-9';
    return refused(invalid(misnamed.map((name) => ({ pointer: pointerOf(name), code: 'wrong-name', message }))));
  }
  const fields = readFields(attributes, given);
  if (!fields.ok) return fields;
  const { type, source, partitionkey = null, ...cloudEvent } = fields.value;
  return {
    ok: true,
    value: {
      type,
      source,
      payload: data.text,
      payloadValue: data.value,
      contentType: fields.value.datacontenttype ?? 'application/json',
      orderingKey: partitionkey,
      cloudEvent,
      idempotencyKey: keyOfCloudEvent(source, fields.value.id),
    },
  };
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values */
function percentDecoded(value: string): string | null {
  if (!/^[\x20-\x7e]*$/.test(value)) return null;
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
