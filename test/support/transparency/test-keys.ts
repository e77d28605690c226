import { createPrivateKey } from 'node:crypto';
import {
  COSIGNATURE,
  NOTE_SIGNATURE,
  type SignatureType,
  type SigningKey,
  signingKey,
} from '../../../src/application/transparency/keys.ts';

/** PKCS#8's beginning of a private key of Ed25519; the 32 bytes of the key follow. */
const PKCS8_ED25519 = '302e020100300506032b657004220420';

/** A private key of Ed25519, the same for the same number. */
export const privateKey = (number: number) =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from(PKCS8_ED25519, 'hex'), Buffer.alloc(32, number)]),
    format: 'der',
    type: 'pkcs8',
  });

export const testKey = (name: string, number: number, type: SignatureType = NOTE_SIGNATURE): SigningKey =>
  signingKey(name, type, privateKey(number));

export const logKey = testKey('log.example/audit', 1);
export const witnessKeys = [2, 3, 4].map((number) => testKey(`witness.example/w${number}`, number, COSIGNATURE));
