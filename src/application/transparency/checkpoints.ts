import { decodeHash } from './base64.ts';
import { Malformed } from './failures.ts';
import { parseSize } from './tree-size.ts';
import type { Tree } from './verify-proofs.ts';

/** C2SP tlog-checkpoint: what a log signs of itself. */
export interface CheckpointText extends Tree {
  /** The name of the log. */
  readonly origin: string;
}

/** The text that is signed. */
export const formatCheckpoint = ({ origin, size, root }: CheckpointText): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`;

/** The text of a note; lines after the third are allowed, and say nothing to us. @throws {Malformed} */
export function parseCheckpoint(text: string): CheckpointText {
  const [origin = '', size = '', root = '', ...extensions] = text.split('\n');
  if (extensions.pop() !== '' || origin === '' || extensions.includes(''))
    throw new Malformed('The checkpoint', 'is not three lines or more, none of them empty');
  return {
    origin,
    size: parseSize(size, 'The tree size of the checkpoint'),
    root: decodeHash(root, 'The root hash of the checkpoint'),
  };
}
