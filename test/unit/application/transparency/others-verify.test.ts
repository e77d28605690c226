import { describe, expect, it } from 'vitest';
import { formatCheckpoint } from '../../../../src/application/transparency/checkpoints.ts';
import { makeInclusionProof } from '../../../../src/application/transparency/make-proofs.ts';
import { formatNote } from '../../../../src/application/transparency/notes.ts';
import { signatureLine } from '../../../../src/application/transparency/signatures.ts';
import { numbered, plainRoot, readingEntries } from '../../../support/transparency/plain-tree.ts';
import { verifyWithSigstore } from '../../../support/transparency/sigstore.ts';
import { logKey } from '../../../support/transparency/test-keys.ts';

const verify = (given: Parameters<typeof verifyWithSigstore>[1]) => verifyWithSigstore(logKey, given);

describe('a verifier that others wrote', () => {
  it('accepts each of our inclusion proofs and checkpoints, and none that was altered', async () => {
    const verdicts = { accepted: 0, 'tampered and refused': 0 };
    for (const size of [1, 2, 3, 7, 8, 13, 33]) {
      const entries = numbered(size);
      const text = formatCheckpoint({ origin: logKey.name, size, root: plainRoot(entries) });
      const envelope = formatNote(text, [signatureLine(logKey, text)]);
      for (const [index, body] of entries.entries()) {
        const hashes = await makeInclusionProof(index, size, readingEntries(entries));
        const whole = { index, body, hashes, envelope };
        expect(verify(whole)).toBe('accepted');
        const tampered = [
          { ...whole, body: Buffer.from('another') },
          { ...whole, index: index + 1 },
          { ...whole, hashes: [...hashes, Buffer.alloc(32)] },
          { ...whole, envelope: envelope.replace(`\n${size}\n`, `\n${size + 1}\n`) },
        ];
        expect(tampered.map(verify)).toEqual(Array(4).fill('refused'));
        verdicts.accepted += 1;
        verdicts['tampered and refused'] += 4;
      }
    }
    expect(verdicts).toEqual({ accepted: 67, 'tampered and refused': 268 });
  });
});
