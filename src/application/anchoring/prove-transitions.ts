import type { EventReader, RecordedTransition } from '../ports/event-log.ts';
import type { TreeReader } from '../ports/tree-store.ts';
import { formatEntry } from '../transparency/entries.ts';
import { makeInclusionProof } from '../transparency/make-proofs.ts';
import { formatProofFile } from '../transparency/proof-files.ts';
import { readingTiles } from '../transparency/tiles.ts';
import { createLeafFinder } from './find-leaf.ts';
import { rememberingTiles } from './remembering-tiles.ts';
import { cosignedNote, readTileUnder } from './signed-tree.ts';

/** Under one checkpoint, the newest when it was made. */
export interface Prover {
  /** How many leaves the checkpoint is over. */
  readonly size: number;
  isAnchored(recorded: Pick<RecordedTransition, 'position' | 'revision'>): boolean;
  /**
   * C2SP tlog-proof for a transition that is under the checkpoint. @param withEntry puts in what the leaf is the hash of.
   * @throws {HistoryBroken} when the tree has another one, or none. @throws {LogUnavailable} {AuditTreeUnavailable}
   */
  prove(recorded: RecordedTransition, withEntry?: boolean): Promise<string>;
}

/** `null` before anything was signed. @throws as {@link Prover.prove} */
export async function createProver(sources: {
  readonly log: Pick<EventReader, 'readStream'>;
  readonly tree: TreeReader;
}): Promise<Prover | null> {
  const { log } = sources;
  const signed = (await sources.tree.state())?.signed ?? null;
  if (signed === null) return null;
  const { size } = signed.checkpoint;
  const readTile = rememberingTiles((name) => readTileUnder(size, sources.tree, name));
  const leaves = await createLeafFinder(size, { log, tree: { read: readTile } });
  return {
    size,
    isAnchored: leaves.isAnchored,
    async prove(recorded, withEntry = false) {
      const entry = await leaves.find(recorded);
      const proof = await makeInclusionProof(entry.index, size, readingTiles(size, readTile));
      const extra = withEntry ? Buffer.from(formatEntry(entry)) : null;
      return formatProofFile({ extra, index: entry.index, proof, checkpoint: cosignedNote(signed) });
    },
  };
}
