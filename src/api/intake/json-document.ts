import { isUtf8 } from 'node:buffer';
import type { FieldError, Problem } from '../problem-details.ts';
import { isSpace, jsonLimits, type Scan, scanJson, skipSpace, type ViolationCode } from './scan-json.ts';

/** One JSON text that is all that we ask of JSON, whatever it says. */
export interface JsonDocument {
  readonly value: unknown;
  /** The value's text, byte for byte. */
  readonly text: string;
  /** The text of one of the outermost object's members, byte for byte. */
  textOf(member: string): string | undefined;
  /** The outermost object's members in their order, repeated names included. */
  readonly members: Scan['members'];
  readonly hasLongNumbers: boolean;
}

export type Reading<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };

export const refused = (problem: Problem) => ({ ok: false, problem }) as const;

/** The text of a body in UTF-8; nothing is replaced. A byte order mark stays, so that it is refused as what it is. */
export function decodeText(bytes: Buffer): Reading<string> {
  if (isUtf8(bytes)) return { ok: true, value: bytes.toString('utf8') };
  return refused({ code: 'malformed-json', detail: 'The body is not UTF-8.' });
}

/** The whole of `text` as one document. */
export function readDocument(text: string): Reading<JsonDocument> {
  return readScanned(text, 0, scanJson(text), text.length);
}

/** The document in `text` from `from` to `end`, which `scan` has found. */
export function readScanned(text: string, from: number, scan: Scan, end = scan.end): Reading<JsonDocument> {
  // Before parsing: depth is refused so that nothing has to recurse into it, prototypes so that no object ever has one.
  if (scan.violation !== null) return refused(problemOfViolation(text, from, scan.violation));
  const own = text.slice(from, end);
  let value: unknown;
  try {
    value = JSON.parse(own);
  } catch {
    // V8's message quotes the body, so it goes nowhere.
    return refused({ code: 'malformed-json', ...whyMalformed(own) });
  }
  const { members, hasLongNumbers } = scan;
  const textOf = (name: string) => {
    const member = members.find((each) => each.name === name);
    return member && text.slice(member.start, member.end);
  };
  return { ok: true, value: { value, text: own, textOf, members, hasLongNumbers } };
}

const BYTE_ORDER_MARK = 0xfeff;

/** What is wrong with text that is not JSON, where it is known; editors that leave a byte order mark do not show it. */
export function whyMalformed(text: string): Pick<Problem, 'detail'> {
  let end = text.length;
  while (isSpace(text.charCodeAt(end - 1))) end--;
  const isThere = [skipSpace(text, 0), end - 1].some((at) => text.charCodeAt(at) === BYTE_ORDER_MARK);
  return isThere
    ? { detail: 'It begins or ends with a byte order mark (U+FEFF), which is no part of JSON: send it without.' }
    : {};
}

/**
 * A document whose outermost members are ours to understand: each is there once. Parsing keeps the last one of a name,
 * others keep the first, and what one checks the other would believe.
 */
export function asEnvelope(document: JsonDocument): Reading<JsonDocument> {
  const { members, value } = document;
  const areDistinct = members.length === 0 || members.length === Object.keys(value as object).length;
  return areDistinct ? { ok: true, value: document } : refused(problemOfRepeatedName(members));
}

const messages: Record<ViolationCode, string> = {
  'too-deep': `is nested deeper than ${jsonLimits.depth}`,
  'too-many-members': `the document has more than ${jsonLimits.members} members and elements`,
  'member-name-refused': 'a member must not be named __proto__, constructor or prototype',
  'nul-refused': 'must not contain U+0000',
  'lone-surrogate': 'must not contain half of a surrogate pair',
  'number-out-of-range': 'is a number beyond what a double reaches',
  'number-too-long': `is a number of more than ${jsonLimits.numberCharacters} characters`,
};

function problemOfViolation(text: string, from: number, { code, at }: NonNullable<Scan['violation']>): Problem {
  return invalid([{ pointer: pointerTo(text, from, at), code, message: messages[code] }]);
}

function problemOfRepeatedName(members: Scan['members']): Problem {
  const seen = new Set<string>();
  const repeated = members.find(({ name }) => seen.size === seen.add(name).size)?.name ?? '';
  return invalid([{ pointer: pointerOf(repeated), code: 'repeated-member', message: 'is there more than once' }]);
}

/** More would be of no use, and the answer must not outgrow the request. */
const MOST_ERRORS = 50;

export const invalid = (errors: readonly FieldError[]): Problem => ({
  code: 'invalid-request',
  errors: errors.slice(0, MOST_ERRORS),
});

/** RFC 6901. */
export const pointerOf = (...path: readonly (string | number)[]) =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/**
 * What stands at the index `at`; for a member's name, the object that it is in. The text is JSON up to there, or the
 * answer means little. Slow, for problem documents only.
 */
function pointerTo(text: string, from: number, at: number): string {
  // `null` for an object of which no member has begun.
  const path: (string | number | null)[] = [];
  let name = '';
  for (let index = from; index < at; index++) {
    const symbol = text.charAt(index);
    const last = path.at(-1);
    if (symbol === '[') path.push(0);
    else if (symbol === '{') path.push(null);
    else if (symbol === ']' || symbol === '}') path.pop();
    else if (symbol === ',') path.splice(-1, 1, typeof last === 'number' ? last + 1 : null);
    else if (symbol === ':') path.splice(-1, 1, name);
    else if (symbol === '"') {
      const end = stringEnd(text, index);
      if (end > at) break;
      name = nameOf(text.slice(index, end));
      index = end - 1;
    }
  }
  return pointerOf(...path.filter((part) => part !== null));
}

/** After the string that begins at `from`, or beyond the text. */
function stringEnd(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
  return at + 1;
}

function nameOf(text: string): string {
  try {
    return JSON.parse(text);
  } catch {
    return '';
  }
}
