import type { Problem } from '../problem-details.ts';
import { parseExactly } from './exact-json.ts';
import { decodeText, invalid, type Reading, readDocument, refused } from './json-document.ts';

/** The data of a CloudEvent as a payload, which is JSON whatever the data is. */
export interface EventData {
  /** JSON text. */
  readonly text: string;
  /** Parsed, for comparing. */
  readonly value: unknown;
}

/** How data becomes a payload depends on its media type alone, so that a handler can rely on it. */
type Kind = 'json' | 'text' | 'binary';

function kindOf(contentType: string): Kind {
  const [type = '', subtype = ''] = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase().split('/');
  if (subtype === 'json' || subtype.endsWith('+json')) return 'json';
  const isText = type === 'text' || subtype === 'xml' || subtype.endsWith('+xml') || textSubtypes.has(subtype);
  return isText ? 'text' : 'binary';
}

const textSubtypes = new Set(['javascript', 'x-www-form-urlencoded', 'yaml', 'x-ndjson', 'graphql', 'sql']);

/**
 * Data that came as bytes, in a body or in base64: JSON byte for byte, text as a JSON string, anything else as base64 in a
 * JSON string.
 * @param mostBytes of the payload.
 */
export function readBytes(bytes: Buffer, contentType: string, mostBytes: number): Reading<EventData> {
  const kind = kindOf(contentType);
  if (kind === 'binary') return payloadOf(bytes.toString('base64'));
  if (!isUtf8(contentType))
    return refused({ code: 'media-type-refused', detail: 'Text and JSON are taken in UTF-8 alone.' });
  const decoded = decodeText(bytes);
  if (!decoded.ok) return decoded;
  if (kind === 'json') return readJson(decoded.value);
  if (decoded.value.includes('\0'))
    return refused(invalid([{ pointer: '', code: 'nul-refused', message: 'must not contain U+0000' }]));
  const payload = payloadOf(decoded.value);
  return Buffer.byteLength(payload.value.text) > mostBytes ? refused(tooLarge(mostBytes)) : payload;
}

/** `data_base64` of a structured CloudEvent, which is bytes unless its type says otherwise. */
export function readBase64(given: unknown, contentType: string | undefined, mostBytes: number): Reading<EventData> {
  const wrong = (code: string, message: string) => refused(invalid([{ pointer: '/data_base64', code, message }]));
  if (typeof given !== 'string') return wrong('wrong-type', 'must be text');
  const bytes = Buffer.from(given, 'base64');
  // Decoding overlooks what is no base64.
  if (bytes.toString('base64') !== given) return wrong('wrong-format', 'must be base64 with padding, on one line');
  const read = readBytes(bytes, contentType ?? OCTETS, mostBytes);
  if (read.ok || read.problem.code === 'content-too-large') return read;
  return wrong('wrong-format', 'does not hold what datacontenttype says');
}

export const OCTETS = 'application/octet-stream';

function readJson(text: string): Reading<EventData> {
  const document = readDocument(text);
  if (!document.ok) return document;
  const { hasLongNumbers, value } = document.value;
  const own = document.value.text.trim();
  return { ok: true, value: { text: own, value: hasLongNumbers ? parseExactly(own) : value } };
}

const payloadOf = (value: string) => ({ ok: true, value: { text: JSON.stringify(value), value } }) as const;

/** Control characters are longer in JSON than they are by themselves. */
const tooLarge = (mostBytes: number): Problem => ({
  code: 'content-too-large',
  detail: `As JSON, the data has more than ${mostBytes} bytes.`,
});

/** UTF-8 unless a parameter says otherwise; ASCII is a part of it. */
function isUtf8(contentType: string): boolean {
  const charset = /;\s*charset="?([^";\s]*)"?/i.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8';
  return ['utf-8', 'utf8', 'us-ascii'].includes(charset);
}
