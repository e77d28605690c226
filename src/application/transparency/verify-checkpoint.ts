import { type CheckpointText, parseCheckpoint } from './checkpoints.ts';
import { NotTrusted } from './failures.ts';
import type { VerifierKey } from './keys.ts';
import { parseNote } from './notes.ts';
import type { Policy, Quorum } from './policies.ts';
import { type VerifiedSignature, verifySignatures } from './signatures.ts';

export interface VerifiedCheckpoint extends CheckpointText {
  /** The key of the log that signed it. */
  readonly signedBy: VerifierKey;
  /** By the witnesses that the policy knows. */
  readonly cosignatures: readonly VerifiedSignature[];
}

/**
 * A checkpoint that may be believed: signed by a log of the policy whose key is named as the checkpoint's origin, and cosigned
 * as the quorum asks.
 * @throws {Malformed} {@link NotTrusted}
 */
export function verifyCheckpoint(checkpoint: string, { logs, witnesses, quorum }: Policy): VerifiedCheckpoint {
  const note = parseNote(checkpoint);
  const parsed = parseCheckpoint(note.text);
  const ofLog = logs.map(({ key }) => key).filter(({ name }) => name === parsed.origin);
  if (ofLog.length === 0)
    throw new NotTrusted(`The checkpoint is of the log ${parsed.origin}, for which no key is known`);
  const [signature] = verifySignatures(note, ofLog);
  if (signature === undefined)
    throw new NotTrusted(`The checkpoint of ${parsed.origin} is not signed by a key that is known for it`);
  const cosignatures = verifySignatures(
    note,
    witnesses.map(({ key }) => key),
  );
  const missing = missingFor(quorum, new Set(cosignatures.map(({ key }) => key)));
  if (missing !== null) throw new NotTrusted(`The checkpoint of ${parsed.origin} lacks cosignatures: ${missing}`);
  return { ...parsed, signedBy: signature.key, cosignatures };
}

/** What a quorum lacks, in words; `null` when it is reached. */
function missingFor(quorum: Quorum, cosigners: ReadonlySet<VerifierKey>): string | null {
  switch (quorum.kind) {
    case 'none':
      return null;
    case 'witness':
      return cosigners.has(quorum.key) ? null : `${quorum.name} has not cosigned it`;
    case 'group': {
      const reached = quorum.members.filter((member) => missingFor(member, cosigners) === null).length;
      return reached >= quorum.atLeast ? null : `${quorum.name} has ${reached} of the ${quorum.atLeast} it takes`;
    }
  }
}
