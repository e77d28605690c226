import { decodeHash } from '../transparency/base64.ts';
import { type Entry, formatEntry } from '../transparency/entries.ts';
import { createGrowingTree } from '../transparency/growing-tree.ts';
import { TILE_WIDTH } from '../transparency/tile-names.ts';
import type { VerifiedCheckpoint } from '../transparency/verify-checkpoint.ts';
import { isConsistent } from '../transparency/verify-proofs.ts';
import type { ExportHeader } from './format.ts';

/** Whether a tree begins with those that were signed before. */
export interface OlderCheck {
  /** Entries in the order of their leaves. */
  add(entries: readonly Entry[]): void;
  /** The sizes of which the export could not show it. */
  end(): readonly number[];
}

/**
 * Holds checkpoints that an auditor kept against a newer one: by the proof in the export, or by the leaves where it has all of
 * them from the first on.
 */
export function createOlderCheck(
  older: readonly VerifiedCheckpoint[],
  { from, consistency }: ExportHeader,
  newest: VerifiedCheckpoint,
  find: (finding: string) => void,
): OlderCheck {
  const tree = createGrowingTree();
  const unchecked = new Set<VerifiedCheckpoint>();
  for (const kept of older) {
    const { origin, size, root } = kept;
    const named = `The checkpoint of ${size} transitions that was kept`;
    if (origin !== newest.origin) find(`${named} is of ${origin}, and the export of ${newest.origin}`);
    else if (size > newest.size)
      find(`${named} is over more than the ${newest.size} of the export: the end of the log was cut off`);
    else if (size === newest.size || size === 0) {
      if (!isConsistent(kept, newest, [])) find(rewritten(kept));
    } else if (consistency?.size === size) {
      const proof = consistency.proof.map((hash) => decodeHash(hash, 'The consistency proof'));
      if (!isConsistent({ size, root }, newest, proof)) find(rewritten(kept));
    } else unchecked.add(kept);
  }
  const isComputed = from < TILE_WIDTH;
  return {
    add(entries) {
      if (!isComputed || unchecked.size === 0) return;
      for (const entry of entries) {
        tree.append(Buffer.from(formatEntry(entry)));
        for (const kept of unchecked) {
          if (kept.size !== tree.size()) continue;
          unchecked.delete(kept);
          if (!tree.root().equals(kept.root)) find(rewritten(kept));
        }
      }
      // They are kept until they are taken.
      tree.takeTiles();
    },
    end: () => [...unchecked].map(({ size }) => size),
  };
}

const rewritten = ({ size, root }: VerifiedCheckpoint) =>
  `The first ${size} transitions are not those of the checkpoint that was kept, which has the root ${root.toString('base64')}: the log was written again`;
