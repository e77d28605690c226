import { anchoredPrefixes } from '../anchoring/anchor.ts';
import { rememberingTiles } from '../anchoring/remembering-tiles.ts';
import { ofStored, readTileUnder } from '../anchoring/signed-tree.ts';
import { readOn } from '../log-segments/read-on.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventReader, RecordedTransition } from '../ports/event-log.ts';
import type { LogSegmentsReader } from '../ports/log-segments.ts';
import type { TreeReader } from '../ports/tree-store.ts';
import { parseCheckpoint } from '../transparency/checkpoints.ts';
import { parseEntry } from '../transparency/entries.ts';
import { decodeBundle } from '../transparency/entry-bundles.ts';
import { makeConsistencyProof, makeRangeProof } from '../transparency/make-proofs.ts';
import { parseNote } from '../transparency/notes.ts';
import type { ReadSubtrees } from '../transparency/subtrees.ts';
import { TILE_WIDTH, type TileName } from '../transparency/tile-names.ts';
import { readingTiles } from '../transparency/tiles.ts';
import { createEventFilter, type EventFilter } from './event-filter.ts';
import { type LeafPlace, leavesOf, placeBefore } from './find-leaves.ts';
import { EXPORT_FORMAT, type ExportHeader } from './format.ts';

export interface ExportSources {
  readonly log: Pick<EventReader, 'subscribeAll' | 'readPages'>;
  readonly tree: TreeReader;
  readonly segments: LogSegmentsReader;
  readonly clock: Pick<Clock, 'sleep'>;
}

export interface ExportRequest extends EventFilter {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** The leaves that are left of an export that broke off, and the size of the tree that it is proved by. */
  readonly left?: { readonly from: number; readonly to: number; readonly treeSize: number } | undefined;
  /** A size of the tree for which it is to be shown that nothing of it has changed. */
  readonly consistentWith?: number | undefined;
}

/** In the log's order, with the tree's word for it. */
export type Exported =
  | { readonly kind: 'bundle'; readonly entries: readonly string[]; readonly proof: readonly Buffer[] }
  /** `leaf` is `null` for one that the tree does not have. */
  | { readonly kind: 'transition'; readonly leaf: number | null; readonly recorded: RecordedTransition }
  /** The log does not have it any more. */
  | { readonly kind: 'missing'; readonly leaf: number };

export interface Export {
  readonly header: Omit<ExportHeader, 'payloads'>;
  readonly content: AsyncIterable<Exported>;
}

/**
 * Transitions that are under the newest checkpoint. They are given as the log and the tree have them: whether the two agree is
 * for the verifier to say. The rest of an export is proved by the tree that the export began with, so that the two make one: its
 * header has the newest checkpoint all the same, which may be of a larger tree.
 * @returns `null` before anything was signed.
 * @throws {LogUnavailable} {AuditTreeUnavailable} @throws {CheckpointRefused} segments are of another log
 */
export async function makeExport(sources: ExportSources, request: ExportRequest, note: string): Promise<Export> {
  const { origin, size: signedSize } = parseCheckpoint(parseNote(note).text);
  const size = Math.min(request.left?.treeSize ?? signedSize, signedSize);
  const { since, until, left, consistentWith, type, source, client } = request;
  const { from, to, start } = await rangeOf(request, size, sources);
  const tree = treeOf(size, signedSize, sources.tree);
  const cursor = left === undefined ? undefined : `${left.from}-${left.to}-${left.treeSize}`;
  return {
    header: {
      format: EXPORT_FORMAT,
      origin,
      filter: given({ since, until, type, source, client, cursor }),
      from,
      to,
      treeSize: size,
      checkpoint: note,
      ...(consistentWith === undefined
        ? {}
        : { consistency: await consistency(consistentWith, size, tree.readSubtrees) }),
    },
    content: content(sources, request, { from, to, start }, tree),
  };
}

type Range = Awaited<ReturnType<typeof leavesOf>>;

async function rangeOf({ since, until, left }: ExportRequest, size: number, sources: ExportSources): Promise<Range> {
  if (left === undefined) return leavesOf({ since, until }, size, sources);
  const to = Math.min(left.to, size);
  const from = Math.min(left.from, to);
  return { from, to, start: await placeBefore(from, sources) };
}

async function consistency(older: number, size: number, read: ReadSubtrees) {
  const proof = older > size ? [] : await makeConsistencyProof(older, size, read);
  return { size: older, proof: proof.map((each) => each.toString('base64')) };
}

const given = <Fields extends Readonly<Record<string, string | undefined>>>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: string;
  };

/** A bundle of leaves, and which of them have not come from the log yet. */
interface Bundle {
  readonly first: number;
  readonly entries: readonly string[];
  readonly awaited: Map<string, number>;
}

interface SignedTree {
  readonly readSubtrees: ReadSubtrees;
  /** `null` behind the last. */
  bundle(index: number): Promise<Bundle | null>;
  prove(bundle: Bundle): Promise<readonly Buffer[]>;
}

/** The tree of the first `size` leaves, out of the tiles of the one that was signed last. */
function treeOf(size: number, signedSize: number, tree: TreeReader): SignedTree {
  const readTile = rememberingTiles((name) => readTileUnder(signedSize, tree, name));
  const readSubtrees = readingTiles(size, readTile);
  return {
    readSubtrees,
    async bundle(index) {
      const first = index * TILE_WIDTH;
      const width = Math.min(TILE_WIDTH, size - first);
      if (width <= 0) return null;
      const name: TileName = { level: 'entries', index, width };
      const entries = decodeBundle(await readTile(name), width).map(String);
      const keys = ofStored(name, () => entries.map((text) => keyOf(parseEntry(text))));
      const awaited = new Map(keys.map((key, at) => [key, first + at]));
      return { first, entries, awaited };
    },
    prove: ({ first, entries }) => makeRangeProof({ from: first, to: first + entries.length }, size, readSubtrees),
  };
}

const keyOf = ({ stream, revision }: { readonly stream: string; readonly revision: bigint | number }) =>
  `${stream} ${revision}`;

async function* content(
  sources: ExportSources,
  filter: EventFilter,
  { from, to, start }: { readonly from: number; readonly to: number; readonly start: LeafPlace },
  tree: SignedTree,
): AsyncGenerator<Exported> {
  if (from >= to) return;
  const isWanted = createEventFilter(filter, sources.log);
  const isIn = (leaf: number) => leaf >= from && leaf < to;
  const overlaps = ({ first, entries }: Bundle) => first < to && first + entries.length > from;
  const begin = async ({ first, entries, awaited }: Bundle): Promise<Exported[]> =>
    overlaps({ first, entries, awaited })
      ? [{ kind: 'bundle', entries, proof: await tree.prove({ first, entries, awaited }) }]
      : [];
  const finish = ({ awaited }: Bundle): Exported[] =>
    [...awaited.values()].filter(isIn).map((leaf) => ({ kind: 'missing', leaf }));

  let index = Math.floor(start.leaf / TILE_WIDTH);
  let current = await tree.bundle(index);
  let next = await tree.bundle(index + 1);
  if (current === null) return;
  yield* await begin(current);
  /** Of the first bundle, what is before the place where reading begins. */
  for (const [key, leaf] of current.awaited) if (leaf < start.leaf) current.awaited.delete(key);

  for await (const recorded of readOn(sources, start.after, anchoredPrefixes)) {
    const key = keyOf(recorded);
    while (!current.awaited.has(key) && (current.awaited.size === 0 || next?.awaited.has(key) === true)) {
      yield* finish(current);
      if (next === null || next.first >= to) return;
      index += 1;
      [current, next] = [next, await tree.bundle(index + 1)];
      yield* await begin(current);
    }
    const leaf = current.awaited.get(key) ?? null;
    current.awaited.delete(key);
    // What is not in the last bundle may have been appended since.
    const isAsked = leaf === null ? next !== null && overlaps(current) : isIn(leaf);
    if (isAsked && (await isWanted(recorded))) yield { kind: 'transition', leaf, recorded };
  }
  // The log ends before the tree does.
  for (let last: Bundle | null = current; last !== null && last.first < to; last = next) {
    yield* finish(last);
    index += 1;
    next = await tree.bundle(index);
    if (next !== null) yield* await begin(next);
  }
}
