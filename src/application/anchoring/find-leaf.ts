import { hashOf, verifiedHashOf } from '../envelope.ts';
import { AuditTreeUnavailable, HistoryBroken } from '../failures.ts';
import { type EventReader, type RecordedTransition, revision } from '../ports/event-log.ts';
import type { TreeReader } from '../ports/tree-store.ts';
import type { Entry } from '../transparency/entries.ts';
import { TILE_WIDTH } from '../transparency/tile-names.ts';
import { AuditTreeDamaged } from './failures.ts';
import { readEntries } from './restore-tree.ts';

export interface LeafFinder {
  /** Whether the transition is under the tree, which is in the log's order. */
  isAnchored(recorded: Pick<RecordedTransition, 'position' | 'revision'>): boolean;
  /**
   * The leaf of a transition that is under the tree.
   * @throws {HistoryBroken} when the tree has another one, or none. @throws {LogUnavailable} {AuditTreeUnavailable}
   */
  find(recorded: RecordedTransition): Promise<Entry>;
}

type Place = Pick<RecordedTransition, 'position' | 'revision'>;

/** Transitions that were appended together may have one position, and are of one history. */
const isBefore = (one: Place, other: Place) =>
  one.position < other.position || (one.position === other.position && one.revision < other.revision);

/**
 * Finds leaves without an index: the tree is in the log's order, so a bundle of entries is found by looking where in the log
 * the first leaf of some bundles is, twelve of a million leaves. It remembers what it looked at, for one request.
 * @param size of the tree, 1 at least.
 */
export async function createLeafFinder(
  size: number,
  { log, tree }: { readonly log: Pick<EventReader, 'readStream'>; readonly tree: Pick<TreeReader, 'read'> },
): Promise<LeafFinder> {
  const lastBundle = Math.floor((size - 1) / TILE_WIDTH);
  /** Where each bundle begins that was looked at, and the entries of the last one. */
  const beginnings = new Map<number, Place>();
  let current: { readonly bundle: number; readonly entries: ReadonlyMap<string, Entry> } | null = null;

  const entriesOf = (bundle: number) =>
    readEntries(bundle * TILE_WIDTH, size, tree).catch((error: Error) => {
      throw error instanceof AuditTreeDamaged ? new AuditTreeUnavailable(error.message, { cause: error }) : error;
    });

  async function placeOf({ stream, revision: at, hash }: Entry): Promise<Place> {
    const [recorded] = await log.readStream(stream, revision(at));
    if (recorded === undefined || verifiedHashOf(recorded) !== hash) throw new HistoryBroken(stream);
    return { position: recorded.position, revision: recorded.revision };
  }

  async function beginningOf(bundle: number): Promise<Place> {
    const known = beginnings.get(bundle);
    if (known !== undefined) return known;
    const [first] = await entriesOf(bundle);
    const place = await placeOf(first as Entry);
    beginnings.set(bundle, place);
    return place;
  }

  /** The last bundle that does not begin after it. */
  async function bundleOf(place: Place): Promise<number> {
    let [from, to] = [0, lastBundle];
    while (from < to) {
      const middle = Math.ceil((from + to) / 2);
      if (isBefore(place, await beginningOf(middle))) to = middle - 1;
      else from = middle;
    }
    return from;
  }

  async function entriesIn(bundle: number): Promise<ReadonlyMap<string, Entry>> {
    if (current?.bundle !== bundle)
      current = { bundle, entries: new Map((await entriesOf(bundle)).map((entry) => [keyOf(entry), entry])) };
    return current.entries;
  }

  const last = await placeOf((await entriesOf(lastBundle)).at(-1) as Entry);
  return {
    isAnchored: (recorded) => !isBefore(last, recorded),
    async find(recorded) {
      // Transitions of one history are often close to one another.
      const entry =
        current?.entries.get(keyOf(recorded)) ?? (await entriesIn(await bundleOf(recorded))).get(keyOf(recorded));
      if (entry?.hash !== hashOf(recorded)) throw new HistoryBroken(recorded.stream);
      return entry;
    },
  };
}

const keyOf = ({ stream, revision: at }: { readonly stream: string; readonly revision: bigint | number }) =>
  `${stream} ${at}`;
