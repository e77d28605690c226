import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { decodeBase64 } from './base64.ts';
import { Malformed, NotTrusted } from './failures.ts';

/** What a key signs: notes (C2SP signed-note), or that it has seen a checkpoint (C2SP tlog-cosignature). */
export const NOTE_SIGNATURE = 0x01;
export const COSIGNATURE = 0x04;
export type SignatureType = typeof NOTE_SIGNATURE | typeof COSIGNATURE;

export interface VerifierKey {
  readonly name: string;
  /** With the name, what a signature line calls the key by. */
  readonly id: number;
  readonly type: SignatureType;
  /** 32 bytes. */
  readonly publicKey: Buffer;
}

/** A key with a name, of which the private part is at hand. */
export interface SigningKey extends VerifierKey {
  sign(text: string): Buffer;
}

/** @throws {Malformed} when the name cannot be that of a key. */
export function verifierKey(name: string, type: SignatureType, publicKey: Buffer): VerifierKey {
  requireKeyName(name);
  if (publicKey.length !== 32)
    throw new Malformed(name, `has ${publicKey.length} bytes, and a public key of Ed25519 has 32`);
  const hashed = Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([type]), publicKey]);
  return { name, id: hash('sha256', hashed, 'buffer').readUInt32BE(), type, publicKey };
}

/** @throws {Malformed} when the name cannot be that of a key, or the key is not of Ed25519. */
export function signingKey(name: string, type: SignatureType, privateKey: KeyObject): SigningKey {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (privateKey.asymmetricKeyType !== 'ed25519' || x === undefined)
    throw new Malformed(name, 'is not a key of Ed25519');
  const verifier = verifierKey(name, type, Buffer.from(x, 'base64url'));
  return { ...verifier, sign: (text) => sign(null, Buffer.from(text), privateKey) };
}

/** @throws {Malformed} when the name cannot be that of a key. */
export function requireKeyName(name: string): void {
  if (!isKeyName(name))
    throw new Malformed('The key name', 'is empty, or has a space, a plus or a control character in it');
}

/** Without spaces of any kind, without plus: both stand around names. */
export const isKeyName = (name: string): boolean => /^[^\s\p{Z}\p{Cc}+]+$/u.test(name) && name.isWellFormed();

/** A `vkey`: name, id and key as one text, to be given to those who verify. */
export function formatVerifierKey({ name, id, type, publicKey }: VerifierKey): string {
  const key = Buffer.concat([Buffer.from([type]), publicKey]).toString('base64');
  return `${name}+${id.toString(16).padStart(8, '0')}+${key}`;
}

/** @throws {Malformed} {@link NotTrusted} for a kind of key that this program does not know. */
export function parseVerifierKey(text: string): VerifierKey {
  const [, name = '', id = '', encoded = ''] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/s.exec(text) ?? [];
  if (name === '')
    throw new Malformed('The verifier key', 'is not a name, 8 hexadecimal digits and base64, with + between');
  const [type, ...publicKey] = decodeBase64(encoded, name);
  if (type !== NOTE_SIGNATURE && type !== COSIGNATURE)
    throw new NotTrusted(
      `${name} is a key for signatures of type ${type}; known are ${NOTE_SIGNATURE} and ${COSIGNATURE}`,
    );
  const key = verifierKey(name, type, Buffer.from(publicKey));
  if (key.id !== Number.parseInt(id, 16))
    throw new Malformed(name, `has the id ${id}, which is not the id of this key`);
  return key;
}

/** Whether the key made this signature of Ed25519 over a text. */
export function isSignedBy({ publicKey }: VerifierKey, text: string, signature: Buffer): boolean {
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') },
    format: 'jwk',
  });
  return verify(null, Buffer.from(text), key, signature);
}
