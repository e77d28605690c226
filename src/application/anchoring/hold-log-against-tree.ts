import { auditTreeAggregate } from '../../domain/audit-tree/aggregate.ts';
import { hashOf } from '../envelope.ts';
import { isFollowed } from '../followed-streams.ts';
import type { RecordedTransition } from '../ports/event-log.ts';
import type { LastSigned, TreeReader } from '../ports/tree-store.ts';
import { type Entry, formatEntry, parseEntry } from '../transparency/entries.ts';
import { createGrowingTree } from '../transparency/growing-tree.ts';
import { TILE_WIDTH } from '../transparency/tile-names.ts';
import { anchoredPrefixes } from './anchor.ts';
import { AuditTreeDamaged } from './failures.ts';
import { readBundle } from './read-tile.ts';
import { auditTreeIdOf } from './signed-checkpoints.ts';

/** `null` for what is not of one stream. */
type Report = (stream: string | null, reason: string) => void;

/**
 * Holds a whole log, in its order, against the checkpoint that was signed last: it begins with exactly the transitions that were
 * signed, and has the checkpoint itself. The root is computed from the log alone; the entries of the tree only say which
 * transition is another one.
 * @throws {AuditTreeUnavailable}
 */
export async function holdLogAgainstTree(
  transitions: Iterable<RecordedTransition>,
  tree: Pick<TreeReader, 'read'>,
  { checkpoint: { origin, size, rootHash }, revision: ownRevision, headHash }: LastSigned,
  report: Report,
): Promise<void> {
  const computed = createGrowingTree();
  const ownStream = auditTreeAggregate.streamPrefix + auditTreeIdOf(origin);
  let isSignedHere = false;
  let isNamed = false;
  let bundle: readonly Entry[] = [];
  const signedAt = async (index: number): Promise<Entry | undefined> => {
    if (index % TILE_WIDTH === 0) bundle = await entriesOf(tree, index, size);
    return bundle[index % TILE_WIDTH];
  };

  for (const recorded of transitions) {
    const { stream } = recorded;
    isSignedHere ||= stream === ownStream && Number(recorded.revision) === ownRevision && hashIn(recorded) === headHash;
    const index = computed.size();
    if (index === size || !isFollowed(stream, anchoredPrefixes)) continue;
    const found = { index, stream, revision: Number(recorded.revision), hash: hashIn(recorded) };
    const signed = isNamed ? undefined : await signedAt(index);
    if (signed !== undefined && formatEntry(signed) !== formatEntry(found)) {
      const instead =
        signed.stream === stream && signed.revision === found.revision
          ? 'another one'
          : `${stream}, revision ${found.revision},`;
      report(
        signed.stream,
        `its revision ${signed.revision} was signed as leaf ${index}, and the log has ${instead} there`,
      );
      isNamed = true;
    }
    computed.append(Buffer.from(formatEntry(found)));
    // They are kept until they are taken.
    if (computed.size() % TILE_WIDTH === 0) computed.takeTiles();
  }

  const left = computed.size();
  if (left < size) {
    const first = left % TILE_WIDTH === 0 ? (await entriesOf(tree, left, size))[0] : bundle[left % TILE_WIDTH];
    const from = first === undefined ? '' : `, from revision ${first.revision} of ${first.stream} on`;
    report(null, `${size} transitions were signed, and the log has ${left}: its end is missing${from}`);
  } else if (!isNamed && computed.root().toString('base64') !== rootHash)
    report(null, `its first ${size} transitions have another root than the one that was signed`);
  if (!isSignedHere)
    report(
      ownStream,
      `the checkpoint of ${size} transitions was signed as its revision ${ownRevision}, and the log does not have it`,
    );
}

/** None where the tile is missing or damaged: the anchor computes it again, and the root says all the same what is wrong. */
async function entriesOf(tree: Pick<TreeReader, 'read'>, from: number, size: number): Promise<readonly Entry[]> {
  const index = from / TILE_WIDTH;
  for (const width of new Set([Math.min(TILE_WIDTH, size - from), TILE_WIDTH]))
    try {
      return await readBundle(tree, { level: 'entries', index, width }, (entry) => parseEntry(entry.toString()));
    } catch (error) {
      if (!(error instanceof AuditTreeDamaged)) throw error;
    }
  return [];
}

/** Empty for what has none: its history is broken, which is reported as such. */
function hashIn(recorded: RecordedTransition): string {
  try {
    return hashOf(recorded);
  } catch {
    return '';
  }
}
