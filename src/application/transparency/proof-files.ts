import { decodeBase64, decodeHash } from './base64.ts';
import { Malformed } from './failures.ts';
import { parseSize } from './tree-size.ts';
import { MAX_PROOF_HASHES } from './verify-proofs.ts';

/** C2SP tlog-proof: that an entry is in a log, as a file that can be checked without the log. */
export interface ProofFile {
  /** Whatever belongs to it. Nothing vouches for it. */
  readonly extra: Buffer | null;
  readonly index: number;
  readonly proof: readonly Buffer[];
  /** The signed note. */
  readonly checkpoint: string;
}

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';

export function formatProofFile({ extra, index, proof, checkpoint }: ProofFile): string {
  const lines = [
    FIRST_LINE,
    ...(extra === null ? [] : [`extra ${extra.toString('base64')}`]),
    `index ${index}`,
    ...proof.map((hash) => hash.toString('base64')),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** @throws {Malformed} */
export function parseProofFile(text: string): ProofFile {
  const end = text.indexOf('\n\n');
  if (end < 0) throw new Malformed('The proof', 'has no empty line with a checkpoint below it');
  const lines = text.slice(0, end).split('\n');
  if (lines.shift() !== FIRST_LINE) throw new Malformed('The proof', `does not begin with ${FIRST_LINE}`);
  const extra = lines[0]?.startsWith('extra ') ? lines.shift() : undefined;
  const index = /^index (.*)$/.exec(lines.shift() ?? '')?.[1];
  if (index === undefined) throw new Malformed('The proof', 'has no line with the index of the entry');
  if (lines.length > MAX_PROOF_HASHES) throw new Malformed('The proof', `has more than ${MAX_PROOF_HASHES} hashes`);
  return {
    extra: extra === undefined ? null : decodeBase64(extra.slice('extra '.length), 'The extra line of the proof'),
    index: parseSize(index, 'The index in the proof'),
    proof: lines.map((line) => decodeHash(line, 'A hash in the proof')),
    checkpoint: text.slice(end + 2),
  };
}
