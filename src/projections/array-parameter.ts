/**
 * A column of many rows as one parameter: an array in PostgreSQL's binary form, with the type that its elements have there. Nothing
 * has to be escaped here nor read as text there.
 */
export interface ArrayParameter {
  /** Of an element. */
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type Value = string | number | boolean | null | undefined;

interface Form {
  readonly oid: number;
  /** At most so many bytes take a value. */
  room(value: string | number | boolean): number;
  /** @returns how many bytes it took, or -1 when this form cannot say it: PostgreSQL has to look at the text then. */
  write(into: Buffer, at: number, value: string | number | boolean): number;
}

const MOST_BYTES_OF_A_UNIT = 3;

const texts: Form = {
  oid: 25,
  room: (value) => MOST_BYTES_OF_A_UNIT * String(value).length,
  write: (into, at, value) => into.write(String(value), at),
};

const forms: Readonly<Record<string, Form>> = {
  text: texts,
  boolean: { oid: 16, room: () => 1, write: (into, at, value) => into.writeUInt8(value === true ? 1 : 0, at) - at },
  integer: {
    oid: 23,
    room: () => 4,
    write: (into, at, value) =>
      typeof value === 'number' && (value | 0) === value ? into.writeInt32BE(value, at) - at : -1,
  },
  bigint: {
    oid: 20,
    room: () => 8,
    write(into, at, value) {
      const number = Number(value);
      return Number.isSafeInteger(number) && String(number) === String(value) ? writeLong(into, at, number) : -1;
    },
  },
  timestamptz: {
    oid: 1184,
    room: () => 8,
    write(into, at, value) {
      const milliseconds = millisecondsOf(String(value));
      return milliseconds === null ? -1 : writeLong(into, at, (milliseconds - FIRST_OF_POSTGRES) * 1_000);
    },
  },
  uuid: { oid: 2950, room: () => 16, write: writeUuid },
};

const HEADER = 20;
const LENGTH = 4;
const NULL = -1;

/** @param type of an element in SQL. What has a value that is none of it comes as text, so that the database says what is wrong. */
export function arrayParameter(type: string, values: readonly Value[]): ArrayParameter {
  const form = forms[type];
  const bytes = form === undefined ? null : written(form, values);
  return bytes === null ? { type: 'text', bytes: written(texts, values) ?? new Uint8Array() } : { type, bytes };
}

/** `null` when the form cannot say one of the values. */
function written(form: Form, values: readonly Value[]): Uint8Array<ArrayBuffer> | null {
  let most = HEADER + LENGTH * values.length;
  for (const value of values) if (value !== null && value !== undefined) most += form.room(value);
  const into = roomOf(most);
  // Dimensions (0 when there are no values), whether there are nulls, the type, and the one dimension: its length and its first index.
  const header = [values.length === 0 ? 0 : 1, 1, form.oid, values.length, 1];
  for (const [index, number] of header.entries()) into.writeInt32BE(number, index * LENGTH);
  let at = values.length === 0 ? HEADER - 2 * LENGTH : HEADER;
  for (const value of values) {
    const length = value === null || value === undefined ? NULL : form.write(into, at + LENGTH, value);
    if (length === NULL && value !== null && value !== undefined) return null;
    into.writeInt32BE(length, at);
    at += LENGTH + Math.max(0, length);
  }
  // Of its own and no larger than it is, so that it can be handed to another thread.
  return new Uint8Array(into.subarray(0, at));
}

const KEPT_ROOM = 4 * 1024 * 1024;
/** Written over each time. Room for the longest text that could come is garbage that makes V8 look through its whole heap. */
let room = Buffer.allocUnsafeSlow(64 * 1024);

function roomOf(bytes: number): Buffer {
  if (bytes > KEPT_ROOM) return Buffer.allocUnsafeSlow(bytes);
  if (bytes > room.length) room = Buffer.allocUnsafeSlow(Math.min(KEPT_ROOM, 2 * bytes));
  return room;
}

const WORD = 2 ** 32;

function writeLong(into: Buffer, at: number, value: number): number {
  const high = Math.floor(value / WORD);
  into.writeInt32BE(high, at);
  into.writeUInt32BE(value - high * WORD, at + 4);
  return 8;
}

const [ZERO, DASH] = ['0'.charCodeAt(0), '-'.charCodeAt(0)];

function writeUuid(into: Buffer, at: number, value: string | number | boolean): number {
  const text = String(value);
  if (text.length !== 36) return -1;
  let to = at;
  for (let from = 0; from < 36; ) {
    if (from === 8 || from === 13 || from === 18 || from === 23) {
      if (text.charCodeAt(from++) !== DASH) return -1;
      continue;
    }
    const [high, low] = [hexDigit(text.charCodeAt(from++)), hexDigit(text.charCodeAt(from++))];
    if (high < 0 || low < 0) return -1;
    into[to++] = (high << 4) | low;
  }
  return 16;
}

function hexDigit(unit: number): number {
  if (unit >= ZERO && unit <= ZERO + 9) return unit - ZERO;
  const letter = unit | 0x20;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

const FIRST_OF_POSTGRES = Date.UTC(2000, 0, 1);
const DAY = 'yyyy-mm-dd'.length;
/** Most moments of a batch are of one day. */
let day: { readonly text: string; readonly milliseconds: number } = { text: '1970-01-01', milliseconds: 0 };

/** Of a moment as this system writes it, in UTC with milliseconds; `null` for any other. */
function millisecondsOf(text: string): number | null {
  if (
    text.length !== 24 ||
    !text.endsWith('Z') ||
    text[10] !== 'T' ||
    text[13] !== ':' ||
    text[16] !== ':' ||
    text[19] !== '.'
  )
    return null;
  if (!text.startsWith(day.text)) {
    const milliseconds = Date.parse(`${text.slice(0, DAY)}T00:00:00.000Z`);
    // There are days that are none, and are read as others.
    if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString().slice(0, DAY) !== text.slice(0, DAY))
      return null;
    day = { text: text.slice(0, DAY), milliseconds };
  }
  const [hours, minutes, seconds] = [digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2)];
  const rest = digits(text, 20, 3);
  const isMoment = hours < 24 && minutes < 60 && seconds < 60 && Number.isFinite(rest);
  return isMoment ? day.milliseconds + ((hours * 60 + minutes) * 60 + seconds) * 1_000 + rest : null;
}

/** Not less than anything where one of them is no digit. */
function digits(text: string, from: number, count: number): number {
  let number = 0;
  for (let at = from; at < from + count; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return Number.POSITIVE_INFINITY;
    number = 10 * number + digit;
  }
  return number;
}
