import { areEqual, type Bytes, fromBase64, join, NotVerified, sha256, utf8 } from './bytes.ts';

/** Of a log: C2SP signed-note, signatures of type 1 (Ed25519). */
export interface LogKey {
  readonly name: string;
  /** Four bytes: with the name, what a signature line calls it by. */
  readonly id: Bytes;
  readonly isSignedBy: (text: string, signature: Bytes) => Promise<boolean>;
}

const NOTE_SIGNATURE = 1;

/** Of the text that `bin/eventops audit key` prints. @throws {NotVerified} */
export async function readKey(text: string): Promise<LogKey> {
  const [, name = '', id = '', encoded = ''] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim()) ?? [];
  if (name === '') throw new NotVerified('The key is not a name, 8 hexadecimal digits and base64, with + between');
  const [type, ...rest] = fromBase64(encoded, 'The key');
  if (type !== NOTE_SIGNATURE || rest.length !== 32)
    throw new NotVerified('The key is not one of Ed25519 that signs the checkpoints of a log');
  const publicKey = Uint8Array.from(rest);
  const computed = (await sha256(join(utf8(`${name}\n`), [type], publicKey))).slice(0, 4);
  const stated = Uint8Array.from(id.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  if (!areEqual(computed, stated)) throw new NotVerified(`The key has the id ${id}, which is not the id of this key`);
  const key = await imported(publicKey);
  return {
    name,
    id: computed,
    isSignedBy: (signed, signature) => crypto.subtle.verify('Ed25519', key, signature, utf8(signed)),
  };
}

async function imported(publicKey: Bytes) {
  try {
    return await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
  } catch {
    throw new NotVerified('This browser does not verify Ed25519. Use bin/eventops audit verify.');
  }
}
