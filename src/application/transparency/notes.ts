import { decodeBase64 } from './base64.ts';
import { Malformed } from './failures.ts';
import { isKeyName, type VerifierKey } from './keys.ts';

/** C2SP signed-note. */
export interface Note {
  /** Ends in a newline. Not to be believed before its signatures are verified. */
  readonly text: string;
  readonly signatures: readonly SignatureLine[];
}

export interface SignatureLine {
  readonly name: string;
  readonly keyId: number;
  /** Without the id of the key. */
  readonly signature: Buffer;
}

/** Signature lines that a note may have, and characters. The standard asks for 16 lines at least, each up to 5 kB. */
export const MAX_SIGNATURES = 100;
export const MAX_NOTE_CHARACTERS = 1_000_000;

/** @throws {Malformed} */
export function parseNote(note: string): Note {
  if (note.length > MAX_NOTE_CHARACTERS)
    throw new Malformed('The note', `is longer than ${MAX_NOTE_CHARACTERS} characters`);
  if (/[\0-\x09\x0b-\x1f]/.test(note) || !note.isWellFormed())
    throw new Malformed('The note', 'has control characters in it, or is not UTF-8');
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw new Malformed('The note', 'does not end in an empty line and signatures');
  const signatures = parseSignatureLines(note.slice(end + 2));
  if (signatures.length === 0) throw new Malformed('The note', 'has no signature');
  return { text: note.slice(0, end + 1), signatures };
}

/** Lines as they stand below a note, or as a witness answers with them. @throws {Malformed} */
export function parseSignatureLines(lines: string): readonly SignatureLine[] {
  const each = lines.split('\n');
  if (each.pop() !== '') throw new Malformed('The last signature', 'does not end in a newline');
  if (each.length > MAX_SIGNATURES) throw new Malformed('The note', `has more than ${MAX_SIGNATURES} signatures`);
  return each.map(parseSignatureLine);
}

function parseSignatureLine(line: string): SignatureLine {
  const [, name = '', encoded = ''] = /^— ([^ ]+) ([^ ]+)$/.exec(line) ?? [];
  if (!isKeyName(name)) throw new Malformed('A signature', 'is not a line of a dash, a key name and base64');
  const bytes = decodeBase64(encoded, `The signature by ${name}`);
  if (bytes.length < 5) throw new Malformed(`The signature by ${name}`, 'is too short');
  return { name, keyId: bytes.readUInt32BE(), signature: bytes.subarray(4) };
}

export function formatSignatureLine({ name, id }: Pick<VerifierKey, 'name' | 'id'>, signature: Buffer): string {
  const keyId = Buffer.alloc(4);
  keyId.writeUInt32BE(id);
  return `— ${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`;
}

export const formatNote = (text: string, signatureLines: readonly string[]): string =>
  `${text}\n${signatureLines.join('')}`;
