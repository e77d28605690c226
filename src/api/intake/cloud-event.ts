import { z } from 'zod';
import type { Problem } from '../problem-details.ts';
import { type EventData, OCTETS, readBase64, readBytes } from './event-data.ts';
import { parseExactly } from './exact-json.ts';
import { anyJson, plainName, printableKey, readFields, sourceName } from './fields.ts';
import { asEnvelope, invalid, type JsonDocument, pointerOf, type Reading, refused } from './json-document.ts';
import { rfc3339 } from './query.ts';
import type { SentEvent } from './sent-event.ts';

/**
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#type-system: no control characters, and no code
 * points that Unicode says are no characters.
 */
const attributeText = z.string().regex(/^[^\p{Cc}\p{Noncharacter_Code_Point}]*$/u, {
  error: 'must not hold control characters or noncharacters',
});
const attributeName = /^[a-z0-9]{1,64}$/;

const extension = z.union([attributeText, z.int32(), z.boolean()], {
  error: 'must be text, a 32-bit integer or a boolean',
});

const attributes = z
  .object({
    specversion: z.literal('1.0'),
    id: attributeText.min(1).max(255),
    source: sourceName,
    type: plainName,
    time: rfc3339('must be a time in RFC 3339, such as 2030-01-31T12:00:00Z').optional(),
    subject: attributeText.min(1).optional(),
    dataschema: attributeText.min(1).optional(),
    datacontenttype: attributeText.min(1).optional(),
    /** The partitioning extension: what is to be kept in order. */
    partitionkey: printableKey.optional(),
  })
  .catchall(extension);

/**
 * A CloudEvent in the structured mode, for the document of the API. An attribute that is null is one that is not there, says
 * the JSON format.
 */
export const structuredCloudEvent = z
  .object({
    ...orNull(attributes.shape),
    data: anyJson.optional().describe('JSON. Excludes `data_base64`.'),
    data_base64: z.base64().nullable().optional().describe('Bytes, on one line and with padding.'),
  })
  .catchall(extension.nullable())
  .meta({ id: 'CloudEvent', description: 'Other attributes are extensions, and kept.' });

/** The attributes of one in the binary mode. Its data type is the content type. */
export const cloudEventHeaders = Object.fromEntries(
  Object.entries(attributes.shape)
    .filter(([name]) => name !== 'datacontenttype')
    .map(([name, schema]) => [`ce-${name}`, schema.optional()]),
);

function orNull<Shape extends Readonly<Record<string, z.ZodType>>>(shape: Shape) {
  const entries = Object.entries(shape).map(([name, schema]) => [
    name,
    schema.isOptional() ? schema.nullable() : schema,
  ]);
  return Object.fromEntries(entries) as Shape;
}

export interface CloudEventLimits {
  /** Of a payload that is made from data that is not JSON. */
  readonly bodyBytes: number;
}

/** `application/cloudevents+json`: everything in one object. Extensions are kept as attributes, so none is unknown. */
export function readStructured(document: JsonDocument, { bodyBytes }: CloudEventLimits): Reading<SentEvent> {
  const envelope = asEnvelope(document);
  if (!envelope.ok) return envelope;
  const { value } = document;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refused(invalid([{ pointer: '', code: 'wrong-type', message: 'must be an object' }]));
  const { data, data_base64: base64 = null, ...others } = value as Record<string, unknown>;
  if (base64 !== null && data !== undefined)
    return refused(invalid([{ pointer: '/data_base64', code: 'not-supported', message: 'excludes data' }]));
  // An attribute that is null is one that is not there, says the JSON format.
  const given = Object.fromEntries(Object.entries(others).filter(([, attribute]) => attribute !== null));
  const fields = readAttributes(given);
  if (!fields.ok) return fields;
  const { datacontenttype } = fields.value;
  if (base64 === null) {
    const text = document.textOf('data') ?? 'null';
    const payload = { text, value: document.hasLongNumbers ? parseExactly(text) : (data ?? null) };
    return sentEvent(fields.value, payload, datacontenttype ?? 'application/json');
  }
  const payload = readBase64(base64, datacontenttype, bodyBytes);
  return payload.ok ? sentEvent(fields.value, payload.value, datacontenttype ?? OCTETS) : payload;
}

/**
 * Attributes in `ce-` headers, the data alone in the body, of the request's own content type; no body is null.
 * @param contentType as the header has it; `application/json` for all its spellings.
 */
export function readBinary(
  rawHeaders: readonly string[],
  body: Buffer,
  contentType: string,
  { bodyBytes }: CloudEventLimits,
): Reading<SentEvent> {
  const given = new Map<string, string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const header = rawHeaders[index]?.toLowerCase() ?? '';
    if (!header.startsWith('ce-')) continue;
    const attribute = header.slice(3);
    const value = percentDecoded(unquoted(rawHeaders[index + 1] ?? ''));
    const message = given.has(attribute) ? 'is there more than once' : 'is not percent-encoded UTF-8';
    if (value === null || given.has(attribute)) return refused(inHeader(attribute, 'wrong-format', message));
    given.set(attribute, value);
  }
  if (given.has('datacontenttype'))
    return refused(inHeader('datacontenttype', 'not-supported', 'is what the header content-type says'));
  const fields = readAttributes(Object.fromEntries(given));
  if (!fields.ok) return refused(inHeaders(fields.problem));
  const payload =
    body.length === 0
      ? ({ ok: true, value: { text: 'null', value: null } } as const)
      : readBytes(body, contentType, bodyBytes);
  return payload.ok ? sentEvent(fields.value, payload.value, contentType) : payload;
}

const inHeader = (attribute: string, code: string, message: string) =>
  inHeaders(invalid([{ pointer: pointerOf(attribute), code, message }]));

/** The problem of an attribute as the problem of the header that it came in. */
const inHeaders = ({ errors = [], ...problem }: Problem): Problem => ({
  ...problem,
  errors: errors.map((error) => ({ ...error, pointer: `/headers/ce-${error.pointer.slice(1)}` })),
});

type Attributes = z.output<typeof attributes>;

function readAttributes(given: Readonly<Record<string, unknown>>): Reading<Attributes> {
  const misnamed = Object.keys(given).filter((name) => !attributeName.test(name));
  if (misnamed.length === 0) return readFields(attributes, given);
  const message = 'an attribute is named with 1 to 64 characters of a-z 0-9';
  return refused(invalid(misnamed.map((name) => ({ pointer: pointerOf(name), code: 'wrong-name', message }))));
}

function sentEvent(fields: Attributes, { text, value }: EventData, contentType: string): Reading<SentEvent> {
  const { type, source, partitionkey = null, ...cloudEvent } = fields;
  return {
    ok: true,
    value: {
      ...{ type, source, contentType, cloudEvent },
      payload: text,
      payloadValue: value,
      orderingKey: partitionkey,
      idempotencyKey: null,
    },
  };
}

/** As older versions of the binding wrote values: https://www.rfc-editor.org/rfc/rfc7230#section-3.2.6. */
const unquoted = (value: string) =>
  /^"(?:[^"\\]|\\.)*"$/.test(value) ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value;

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values */
function percentDecoded(value: string): string | null {
  if (!/^[\x20-\x7e]*$/.test(value)) return null;
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
