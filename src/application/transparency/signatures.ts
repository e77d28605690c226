import { Malformed, NotTrusted } from './failures.ts';
import { COSIGNATURE, isSignedBy, NOTE_SIGNATURE, type SigningKey, type VerifierKey } from './keys.ts';
import { formatSignatureLine, type Note, type SignatureLine } from './notes.ts';

const TIME_BYTES = 8;

/** A signature of a note that was verified, and with a cosignature the time that it names. */
export interface VerifiedSignature {
  readonly key: VerifierKey;
  /** Seconds since 1970, by the clock of the witness; `null` for the log's own signature. */
  readonly atSeconds: number | null;
}

/** The line that signs a note's text. @param atSeconds of a cosignature: seconds since 1970. */
export function signatureLine(key: SigningKey, text: string, atSeconds?: number): string {
  if (key.type === NOTE_SIGNATURE) return formatSignatureLine(key, key.sign(text));
  if (atSeconds === undefined) throw new TypeError('A cosignature names a time');
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(atSeconds));
  return formatSignatureLine(key, Buffer.concat([time, key.sign(cosignedText(text, atSeconds))]));
}

/**
 * The signatures of a note by keys that are known; others are passed over.
 * @throws {NotTrusted} when one by a known key does not hold: then the whole note is refused.
 */
export function verifySignatures(
  { text, signatures }: Note,
  known: readonly VerifierKey[],
): readonly VerifiedSignature[] {
  const verified = new Map<VerifierKey, VerifiedSignature>();
  for (const line of signatures) {
    const key = known.find(({ name, id }) => name === line.name && id === line.keyId);
    if (key === undefined) continue;
    const found = verifyLine(key, text, line);
    if (found === null) throw new NotTrusted(`The signature by ${key.name} does not hold for this text`);
    // The first line of a key counts.
    if (!verified.has(key)) verified.set(key, found);
  }
  return [...verified.values()];
}

function verifyLine(key: VerifierKey, text: string, { signature }: SignatureLine): VerifiedSignature | null {
  if (key.type === NOTE_SIGNATURE) return isSignedBy(key, text, signature) ? { key, atSeconds: null } : null;
  if (signature.length <= TIME_BYTES) return null;
  const atSeconds = Number(signature.readBigUInt64BE());
  if (!Number.isSafeInteger(atSeconds)) return null;
  const isSigned = isSignedBy(key, cosignedText(text, atSeconds), signature.subarray(TIME_BYTES));
  return isSigned ? { key, atSeconds } : null;
}

/** C2SP tlog-cosignature, the message that is signed with Ed25519. */
const cosignedText = (text: string, atSeconds: number) => `cosignature/v1\ntime ${atSeconds}\n${text}`;

/** @throws {Malformed} when a key is not of the kind that this use of it takes. */
export function requireType(key: VerifierKey, type: typeof NOTE_SIGNATURE | typeof COSIGNATURE): VerifierKey {
  if (key.type === type) return key;
  const uses = { [NOTE_SIGNATURE]: 'signs the checkpoints of a log', [COSIGNATURE]: 'cosigns them as a witness' };
  throw new Malformed(key.name, `is a key that ${uses[key.type]}, and here is one that ${uses[type]}`);
}
