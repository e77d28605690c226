/** A part of the text that is scanned: `[start, end)`, without the white space around it. */
export interface Member {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export type ViolationCode =
  | 'too-deep'
  | 'too-many-members'
  | 'member-name-refused'
  | 'nul-refused'
  | 'lone-surrogate'
  | 'number-out-of-range'
  | 'number-too-long';

export interface Scan {
  /** Just after the value; -1 when the text ends before the value does, or when there is none. */
  readonly end: number;
  /** The first thing that is JSON and still not taken, and where in the text it is. */
  readonly violation: { readonly code: ViolationCode; readonly at: number } | null;
  /** The members of the outermost object in their order, repeated names included; empty for any other value. */
  readonly members: readonly Member[];
  /** Whether a number may be there that a double does not hold exactly. */
  readonly hasLongNumbers: boolean;
}

export const jsonLimits = {
  depth: 64,
  /** Members of objects and elements of arrays, at every depth: what a document costs in memory once it is parsed. */
  members: 10_000,
  numberCharacters: 1_000,
  /** Smaller exponents have no use and would make `numeric` in PostgreSQL carry thousands of zeros. */
  smallestExponent: -400,
  /** Of a zero alone: any other number is beyond a double long before. `numeric` takes no larger one. */
  largestExponent: 1_073_741_822,
} as const;

/** A literal of at most 15 characters has at most 15 digits, and so many survive a double of a usual size. */
const LONGEST_EXACT_NUMBER = 15;
const LARGEST_USUAL_EXPONENT = 99;
const refusedNames = new Set(['__proto__', 'constructor', 'prototype']);

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const DIGIT_0 = 48;
const DIGIT_9 = 57;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

export const isSpace = (code: number) =>
  code === SPACE || code === LINE_FEED || code === CARRIAGE_RETURN || code === TAB;
const isInNumber = (code: number) =>
  (code >= DIGIT_0 && code <= DIGIT_9) || code === 43 || code === MINUS || code === 46 || code === 69 || code === 101;

/**
 * Finds in JSON text what parsing loses or comes too late for: how deep it is, what PostgreSQL's `jsonb` and prototypes
 * cannot take, and where the outermost members stand, so that a payload can be kept byte for byte.
 *
 * It follows strings and brackets and judges no grammar: the answer is right for every text that `JSON.parse` accepts,
 * and for any other text it is some answer, without an exception.
 */
export function scanJson(text: string, from = 0): Scan {
  return new Scanner(text).run(from);
}

export function skipSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

class Scanner {
  readonly #text: string;
  #violation: Scan['violation'] = null;
  #hasLongNumbers = false;
  #hasEscape = false;
  /** Members and elements so far. */
  #count = 0;
  readonly #members: Member[] = [];
  /** The name of the outermost member whose value is being read, and where that value begins. */
  #name = '';
  #start = -1;

  constructor(text: string) {
    this.#text = text;
  }

  run(from: number): Scan {
    const end = this.#value(from);
    return { end, violation: this.#violation, members: this.#members, hasLongNumbers: this.#hasLongNumbers };
  }

  #value(from: number): number {
    const text = this.#text;
    const isObject = text.charCodeAt(skipSpace(text, from)) === OPEN_BRACE;
    let depth = 0;
    /** For each depth down to the deepest that is taken: whether its container is an array. */
    const isArray = new Uint8Array(jsonLimits.depth + 1);
    for (let at = from; at < text.length; ) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        at = this.#stringOrName(at, depth === 1 && isObject);
        if (at < 0 || depth === 0) return at;
      } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        if (++depth > jsonLimits.depth) this.#refuse('too-deep', at);
        isArray[depth] = code === OPEN_BRACKET ? 1 : 0;
        at++;
        if (code === OPEN_BRACKET && text.charCodeAt(skipSpace(text, at)) !== CLOSE_BRACKET) this.#countOne(at);
      } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        if (depth <= 1) {
          this.#endMember(at);
          return depth === 1 ? at + 1 : -1;
        }
        depth--;
        at++;
      } else if (code === COMMA) {
        if (depth === 1) this.#endMember(at);
        else if (depth === 0) return at;
        at++;
        if (isArray[depth] === 1) this.#countOne(at);
      } else if (code === MINUS || (code >= DIGIT_0 && code <= DIGIT_9)) {
        at = this.#number(at);
        if (depth === 0) return at;
      } else if (depth === 0 && !isSpace(code)) {
        return wordEnd(text, at);
      } else at++;
    }
    return -1;
  }

  /** After a string; a string before a colon is a member's name, in any text that is JSON. */
  #stringOrName(at: number, isOutermost: boolean): number {
    const end = this.#string(at);
    if (end < 0) return end;
    const colon = skipSpace(this.#text, end);
    if (this.#text.charCodeAt(colon) !== COLON) return end;
    this.#checkName(at, end);
    if (isOutermost) {
      this.#name = this.#nameAt(at, end);
      this.#start = skipSpace(this.#text, colon + 1);
    }
    return colon + 1;
  }

  #string(from: number): number {
    const text = this.#text;
    this.#hasEscape = false;
    for (let at = from + 1; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) return at + 1;
      if (code !== BACKSLASH) continue;
      this.#hasEscape = true;
      at++;
      if (text.charCodeAt(at) === 117) at = this.#unicodeEscape(at);
    }
    return -1;
  }

  /** @returns the index of the escape's last character, of the pair's where it is one. */
  #unicodeEscape(at: number): number {
    const unit = codeUnit(this.#text, at);
    if (unit === 0) this.#refuse('nul-refused', at - 1);
    if (!(unit >= 0xd800 && unit <= 0xdfff)) return at;
    const low = this.#text.startsWith('\\u', at + 5) ? codeUnit(this.#text, at + 6) : Number.NaN;
    if (unit < 0xdc00 && low >= 0xdc00 && low <= 0xdfff) return at + 10;
    this.#refuse('lone-surrogate', at - 1);
    return at;
  }

  #checkName(at: number, end: number): void {
    this.#countOne(at);
    const length = end - at - 2;
    const mayBeRefused = this.#hasEscape || (length >= 9 && length <= 11);
    if (mayBeRefused && refusedNames.has(this.#nameAt(at, end))) this.#refuse('member-name-refused', at);
  }

  /** One more member or element, which begins at `at`. */
  #countOne(at: number): void {
    if (++this.#count > jsonLimits.members) this.#refuse('too-many-members', at);
  }

  #nameAt(at: number, end: number): string {
    if (!this.#hasEscape) return this.#text.slice(at + 1, end - 1);
    try {
      return JSON.parse(this.#text.slice(at, end));
    } catch {
      return '';
    }
  }

  #number(from: number): number {
    const text = this.#text;
    let at = from;
    let hasExponent = false;
    for (let code = text.charCodeAt(at); isInNumber(code); code = text.charCodeAt(++at))
      if (code === 69 || code === 101) hasExponent = true;
    if (hasExponent || at - from > LONGEST_EXACT_NUMBER) this.#checkLongNumber(from, at);
    return at;
  }

  #checkLongNumber(from: number, end: number): void {
    if (end - from > jsonLimits.numberCharacters) return this.#refuse('number-too-long', from);
    const literal = this.#text.slice(from, end);
    const e = Math.max(literal.indexOf('e'), literal.indexOf('E'));
    const exponent = e < 0 ? 0 : Number(literal.slice(e + 1));
    if (end - from > LONGEST_EXACT_NUMBER || Math.abs(exponent) > LARGEST_USUAL_EXPONENT) this.#hasLongNumbers = true;
    const isKept = exponent >= jsonLimits.smallestExponent && exponent <= jsonLimits.largestExponent;
    if (!isKept || Math.abs(Number(literal)) === Number.POSITIVE_INFINITY) this.#refuse('number-out-of-range', from);
  }

  #endMember(at: number): void {
    if (this.#start < 0) return;
    let end = at;
    while (end > this.#start && isSpace(this.#text.charCodeAt(end - 1))) end--;
    this.#members.push({ name: this.#name, start: this.#start, end });
    this.#start = -1;
  }

  #refuse(code: ViolationCode, at: number): void {
    this.#violation ??= { code, at };
  }
}

/** The code unit that `uXXXX` at `at` stands for; NaN when it is none. */
const codeUnit = (text: string, at: number) => {
  const digits = text.slice(at + 1, at + 5);
  return /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
};

/** After `true`, `false`, `null`, or whatever stands there instead. */
function wordEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isSpace(text.charCodeAt(at)) && !'[]{},:"'.includes(text.charAt(at))) at++;
  return at === from ? -1 : at;
}
