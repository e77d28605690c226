import { createPublicKey } from 'node:crypto';
import { verifyCheckpoint } from '@sigstore/verify/dist/tlog/checkpoint.js';
import { verifyMerkleInclusion } from '@sigstore/verify/dist/tlog/merkle.js';
import type { VerifierKey } from '../../../src/application/transparency/keys.ts';

interface Proved {
  readonly index: number;
  readonly body: Buffer;
  readonly hashes: readonly Buffer[];
  /** The checkpoint, a signed note. */
  readonly envelope: string;
}

/** What `@sigstore/verify`, which was written apart from this, says of an entry. */
export function verifyWithSigstore(
  log: VerifierKey,
  { index, body, hashes, envelope }: Proved,
): 'accepted' | 'refused' {
  const logID = Buffer.alloc(4);
  logID.writeUInt32BE(log.id);
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: log.publicKey.toString('base64url') };
  const trusted = [
    {
      ...{ logID, baseURL: log.name, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) },
      validFor: { start: new Date(0), end: new Date(4e12) },
    },
  ];
  const inclusionProof = { logIndex: `${index}`, hashes, checkpoint: { envelope } };
  const entry = { canonicalizedBody: body, inclusionProof } as unknown as Parameters<typeof verifyCheckpoint>[0];
  try {
    verifyMerkleInclusion(entry, verifyCheckpoint(entry, trusted));
    return 'accepted';
  } catch {
    return 'refused';
  }
}
