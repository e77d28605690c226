import { z } from 'zod';
import type { PayloadFilter } from '../../projections/events/queries.ts';
import type { FieldError } from '../problem-details.ts';
import { invalid, pointerOf, type Reading, refused } from './json-document.ts';
import { scanJson } from './scan-json.ts';

/** How parameters begin that are about a field of payloads: `payload.customer.id`. */
const PREFIX = 'payload.';

export const payloadFilterLimits = { filters: 4, depth: 8, fieldCharacters: 200, valueCharacters: 1_000 } as const;

/**
 * Stands in a route's query for all of them. Documented as what OpenAPI makes of an object that is exploded: each member is a parameter.
 */
export const payloadFilters = z
  .custom<readonly PayloadFilter[]>(Array.isArray, { error: 'name the field: payload.customer.id' })
  .meta({
    override: {
      type: 'object',
      patternProperties: { '^payload\\.': { type: 'string', maxLength: payloadFilterLimits.valueCharacters } },
      maxProperties: payloadFilterLimits.filters,
      additionalProperties: false,
    },
  })
  .optional()
  .meta({
    description:
      '`payload.customer.id=17`: events whose payload has this value there. A JSON number, `true`, `false`, `null` or a string in quotation marks is that value, anything else is a text. Fields have to be named in `PAYLOAD_FIELDS`; needs the permission `payloads:read`.',
    param: { style: 'form', explode: true },
  });

/** The parameters that are about payloads, put together as one of the name `payload`; the others are left as they are. */
export function withPayloadFilters(
  query: Readonly<Record<string, unknown>>,
): Reading<Readonly<Record<string, unknown>>> {
  const others = Object.entries(query).filter(([name]) => !name.startsWith(PREFIX));
  const given = Object.entries(query).filter(([name]) => name.startsWith(PREFIX));
  // A parameter of this name is none, and is refused as what it is.
  if (given.length === 0 || others.some(([name]) => name === 'payload')) return { ok: true, value: query };
  const read = given.map(([name, value]) => readFilter(name, value));
  const errors = read.filter((each) => 'pointer' in each);
  if (given.length > payloadFilterLimits.filters)
    errors.push(errorAt('payload', `at most ${payloadFilterLimits.filters} fields of payloads can be asked for`));
  if (errors.length > 0) return refused(invalid(errors));
  const payload = read.filter((each) => 'field' in each);
  // A cursor belongs to the same filters in any order.
  payload.sort((one, other) => (one.field < other.field ? -1 : 1));
  return { ok: true, value: { ...Object.fromEntries(others), payload } };
}

const errorAt = (name: string, message: string): FieldError => ({
  pointer: pointerOf('query', name),
  code: 'wrong-value',
  message,
});

function readFilter(name: string, given: unknown): PayloadFilter | FieldError {
  const { depth, fieldCharacters, valueCharacters } = payloadFilterLimits;
  const field = name.slice(PREFIX.length);
  const names = field.split('.');
  if (names.includes('') || names.length > depth || field.length > fieldCharacters)
    return errorAt(
      name,
      `must name a field: at most ${depth} names with dots between them, ${fieldCharacters} characters`,
    );
  if (typeof given !== 'string') return errorAt(name, 'must be there once');
  if (given.length > valueCharacters) return errorAt(name, `must have at most ${valueCharacters} characters`);
  const value = jsonOf(given);
  if (value === null) return errorAt(name, 'begins with a quotation mark, and is no JSON string');
  if (scanJson(value).violation !== null)
    return errorAt(
      name,
      'is a value that no payload can have: a number out of range, U+0000 or half of a surrogate pair',
    );
  return { field, value };
}

const literal = /^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/;

/** JSON text; `null` for what seems to be a string and is none. */
function jsonOf(text: string): string | null {
  if (literal.test(text)) return text;
  // `JSON.stringify` writes half of a surrogate pair as an escape.
  if (!text.startsWith('"')) return JSON.stringify(text);
  try {
    JSON.parse(text);
    return text;
  } catch {
    return null;
  }
}
