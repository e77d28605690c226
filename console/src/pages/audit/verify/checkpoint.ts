import { areEqual, type Bytes, fromBase64, NotVerified } from './bytes.ts';
import type { LogKey } from './key.ts';

export interface Checkpoint {
  readonly origin: string;
  /** How many leaves the tree has. */
  readonly size: number;
  readonly root: Bytes;
  /** Of other keys, which are not verified here. */
  readonly otherSignatures: number;
}

/** A checkpoint that the log has signed (C2SP signed-note and tlog-checkpoint). @throws {NotVerified} */
export async function verifyCheckpoint(note: string, key: LogKey): Promise<Checkpoint> {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw new NotVerified('The checkpoint does not end in signatures');
  const text = note.slice(0, end + 1);
  const [origin = '', size = '', root = '', ...extensions] = text.split('\n');
  if (extensions.pop() !== '' || origin === '' || extensions.includes(''))
    throw new NotVerified('The checkpoint is not three lines or more, none of them empty');
  if (origin !== key.name) throw new NotVerified(`The checkpoint is of ${origin}, and the key of ${key.name}`);
  const signatures = note
    .slice(end + 2, -1)
    .split('\n')
    .map(readSignature);
  const ofLog = signatures.filter(({ name, id }) => name === key.name && areEqual(id, key.id));
  if (ofLog.length === 0) throw new NotVerified('The checkpoint is not signed by this key');
  for (const { signature } of ofLog)
    if (!(await key.isSignedBy(text, signature)))
      throw new NotVerified('The signature of the log does not hold for this checkpoint');
  return {
    origin,
    size: readSize(size, 'The size of the tree'),
    root: readHash(root, 'The root of the tree'),
    otherSignatures: signatures.length - ofLog.length,
  };
}

function readSignature(line: string) {
  const [, name = '', encoded = ''] = /^— ([^ ]+) ([^ ]+)$/.exec(line) ?? [];
  const bytes = fromBase64(encoded, 'A signature of the checkpoint');
  if (name === '' || bytes.length < 5)
    throw new NotVerified('A signature of the checkpoint is not a dash, a name and base64');
  return { name, id: bytes.slice(0, 4), signature: bytes.slice(4) };
}

/** Decimal, without leading zeros, exact as a number. @throws {NotVerified} */
export function readSize(text: string, what: string): number {
  const size = Number(text);
  if (!/^(?:0|[1-9]\d*)$/.test(text) || !Number.isSafeInteger(size))
    throw new NotVerified(`${what} is not a decimal number below 2^53`);
  return size;
}

/** @throws {NotVerified} */
export function readHash(text: string, what: string): Bytes {
  const hash = fromBase64(text, what);
  if (hash.length !== 32) throw new NotVerified(`${what} has not the 32 bytes of a hash`);
  return hash;
}
