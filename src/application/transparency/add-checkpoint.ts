import { decodeHash } from './base64.ts';
import { Malformed } from './failures.ts';
import { parseSize } from './tree-size.ts';
import { MAX_PROOF_HASHES } from './verify-proofs.ts';

/** C2SP tlog-witness: what a log sends to a witness. */
export interface AddCheckpoint {
  /** Of the tree that the witness cosigned last. */
  readonly oldSize: number;
  /** That the checkpoint's tree begins with that one. */
  readonly proof: readonly Buffer[];
  /** The signed note. */
  readonly checkpoint: string;
}

export const formatAddCheckpoint = ({ oldSize, proof, checkpoint }: AddCheckpoint): string =>
  `old ${oldSize}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${checkpoint}`;

/** @throws {Malformed} */
export function parseAddCheckpoint(text: string): AddCheckpoint {
  const end = text.indexOf('\n\n');
  if (end < 0) throw new Malformed('The request', 'has no empty line with a checkpoint below it');
  const [first = '', ...lines] = text.slice(0, end).split('\n');
  if (!first.startsWith('old ')) throw new Malformed('The request', 'does not begin with the old size');
  if (lines.length > MAX_PROOF_HASHES) throw new Malformed('The proof', `has more than ${MAX_PROOF_HASHES} hashes`);
  return {
    oldSize: parseSize(first.slice('old '.length), 'The old size'),
    proof: lines.map((line) => decodeHash(line, 'A hash in the proof')),
    checkpoint: text.slice(end + 2),
  };
}
