import { FIRST_PREV_HASH } from '../envelope.ts';
import type { StreamHeads } from '../ports/stream-heads.ts';
import { decodeHash } from '../transparency/base64.ts';
import { type Entry, formatEntry } from '../transparency/entries.ts';
import { Malformed, NotTrusted } from '../transparency/failures.ts';
import { leafHash } from '../transparency/hashing.ts';
import type { Policy } from '../transparency/policies.ts';
import { TILE_WIDTH } from '../transparency/tile-names.ts';
import { type VerifiedCheckpoint, verifyCheckpoint } from '../transparency/verify-checkpoint.ts';
import { isRangeIncluded } from '../transparency/verify-proofs.ts';
import { createOlderCheck, type OlderCheck } from './check-older.ts';
import { type ExportHeader, type ExportLine, parseExportLine } from './format.ts';
import type { TransitionLine } from './transition-line.ts';

/** Findings that are kept; of more, their number. */
const MAX_KEPT = 100;
/** In the place of a hash: it did not come, and that was named. */
const UNKNOWN = '';

export interface ExportVerdict {
  readonly header: ExportHeader;
  readonly checkpoint: VerifiedCheckpoint;
  readonly transitions: number;
  /** Leaves of which the filter left the transitions out. */
  readonly leftOut: number;
  /** What is not as it was signed, each with its stream and revision: the first hundred. */
  readonly findings: readonly string[];
  readonly findingsCount: number;
  /** Checkpoints that the auditor kept, of which the export cannot show whether its tree begins with theirs. */
  readonly uncheckedSizes: readonly number[];
}

export interface ExportVerifier {
  /** @throws {Malformed} {@link NotTrusted} then nothing that came is to be believed. */
  line(text: string): void;
  /** @throws as {@link line} */
  end(): ExportVerdict;
}

/** What the tree says of some leaves, and what has come of them. */
interface Bundle {
  readonly first: number;
  readonly entries: readonly Entry[];
  /** By leaf: the hash that its transition names as the one before it. */
  readonly came: Map<number, string>;
}

/**
 * Checks an export line by line, and keeps no more of it than a bundle. The entries of the tree are proved by the checkpoint before
 * anything is held against them: that is how each transition that is not as it was signed can be named.
 * @param older checkpoints that the auditor kept.
 */
export function createExportVerifier(
  policy: Policy,
  heads: StreamHeads,
  older: readonly VerifiedCheckpoint[] = [],
): ExportVerifier {
  let lines = 0;
  let header: ExportHeader | null = null;
  let checkpoint: VerifiedCheckpoint;
  let olderCheck: OlderCheck;
  let isFiltered = false;
  let bundle: Bundle | null = null;
  let nextLeaf = 0;
  let lastLeaf = -1;
  let [transitions, leftOut, findingsCount] = [0, 0, 0];
  let isEnded = false;
  let stated = 0;
  const findings: string[] = [];

  const find = (finding: string) => {
    findingsCount += 1;
    if (findings.length < MAX_KEPT) findings.push(finding);
  };

  function begin(line: ExportLine): void {
    if (line.kind !== 'header') throw new Malformed('Line 1', 'is not the header of an export');
    const { kind: _, ...given } = line;
    header = given;
    const { from, to, treeSize, origin, filter } = given;
    checkpoint = verifyCheckpoint(given.checkpoint, policy);
    if (checkpoint.origin !== origin || checkpoint.size !== treeSize)
      throw new NotTrusted(
        `The export says that it is of ${treeSize} leaves of ${origin}, and its checkpoint is of ${checkpoint.size} of ${checkpoint.origin}`,
      );
    if (from > to || to > treeSize) throw new Malformed('The export', `cannot have leaves ${from} to ${to}`);
    const { since, until, cursor } = filter;
    const isCutOff =
      cursor === undefined && ((since === undefined && from > 0) || (until === undefined && to < treeSize));
    if (isCutOff) find(`Leaves ${from} to ${to} of ${treeSize} are fewer than the filter of the export asks for`);
    isFiltered = [filter.type, filter.source, filter.client].some((each) => each !== undefined);
    nextLeaf = Math.floor(from / TILE_WIDTH) * TILE_WIDTH;
    if (from === to) nextLeaf = to;
    olderCheck = createOlderCheck(older, given, checkpoint, find);
  }

  function beginBundle(entries: readonly Entry[], proof: readonly string[], { to, treeSize }: ExportHeader): void {
    finishBundle();
    const [first, last] = [nextLeaf, nextLeaf + Math.min(TILE_WIDTH, treeSize - nextLeaf)];
    const what = `The entries of leaves ${first} to ${last - 1}`;
    if (first >= to) throw new Malformed(what, 'are not in the range of the export');
    const isThem = entries.length === last - first && entries.every(({ index }, at) => index === first + at);
    if (!isThem) throw new NotTrusted(`${what}: missing, or others are in their place`);
    const hashes = entries.map((entry) => leafHash(Buffer.from(formatEntry(entry))));
    const beside = proof.map((each) => decodeHash(each, what));
    if (!isRangeIncluded(hashes, { from: first, to: last }, checkpoint, beside))
      throw new NotTrusted(`${what} are not those that were signed`);
    bundle = { first, entries, came: new Map() };
    nextLeaf = last;
    olderCheck.add(entries);
  }

  function hold({ leaf, stream, revision, prevHash, hash: said, computed }: TransitionLine): void {
    transitions += 1;
    if (leaf === null) return find(`${nameOf({ stream, revision })}: is in the log, and the tree does not have it`);
    const entry = entryOf(leaf);
    if (entry === null) return find(`${nameOf({ stream, revision })}: stands where leaf ${leaf} does not belong`);
    const named = nameOf(entry);
    if (leaf <= lastLeaf) find(`${named}: stands behind leaf ${lastLeaf}, or twice`);
    lastLeaf = Math.max(leaf, lastLeaf);
    bundle?.came.set(leaf, textOf(prevHash));
    if (stream !== entry.stream || revision !== entry.revision) {
      bundle?.came.set(leaf, UNKNOWN);
      return find(`${named}: ${nameOf({ stream, revision })} stands in its place`);
    }
    if (computed === entry.hash && said === computed) return;
    find(
      computed === said
        ? `${named}: was written again, with a hash of its own: ${textOf(said)}, and ${entry.hash} was signed`
        : `${named}: is not what was written: its hash is ${computed}, and ${entry.hash} was signed`,
    );
  }

  function entryOf(leaf: number): Entry | null {
    if (bundle === null || header === null || leaf < header.from || leaf >= header.to) return null;
    return bundle.entries[leaf - bundle.first] ?? null;
  }

  /** What did not come as it was written. `null` where it is not even known what it should be. */
  function lose(leaf: number | null, problem: string): void {
    const entry = leaf === null ? null : entryOf(leaf);
    if (leaf !== null && entry !== null) bundle?.came.set(leaf, UNKNOWN);
    find(`${entry === null ? `Line ${lines}` : nameOf(entry)}: ${problem}`);
  }

  /** A line that is not of an export is as good as none: what should be there is named all the same. */
  function parse(text: string): ExportLine | null {
    const what = `Line ${lines}`;
    try {
      return parseExportLine(text, what);
    } catch (error) {
      const isHopeless =
        header === null || bundle === null || text.startsWith('{"entries"') || findingsCount >= MAX_KEPT;
      if (isHopeless || !(error instanceof Malformed)) throw error;
      const leaf = /^\{"leaf":(\d{1,15}),/.exec(text)?.[1];
      lose(leaf === undefined ? null : Number(leaf), `${what} is not as it was exported`);
      return null;
    }
  }

  /** Everything of the bundle came, or was left out. In order: its histories go on where they ended. */
  function finishBundle(): void {
    if (bundle === null || header === null) return;
    for (const entry of bundle.entries) {
      if (entry.index < header.from || entry.index >= header.to) continue;
      const prevHash = bundle.came.get(entry.index);
      if (prevHash === undefined && isFiltered) leftOut += 1;
      else if (prevHash === undefined) find(`${nameOf(entry)}: is missing`);
      follow(entry, prevHash ?? null, header);
    }
    bundle = null;
  }

  function follow(entry: Entry, prevHash: string | null, { from }: ExportHeader): void {
    const { stream, revision } = entry;
    const isLeftOut = isFiltered && prevHash === null;
    const before = heads.get(stream);
    heads.set(stream, { revision, hash: entry.hash, isLeftOut });
    const isFirst = before === null && (revision === 0 || from > 0);
    if (!isFirst && revision !== (before?.revision ?? -1) + 1)
      return find(
        `${nameOf(entry)}: ${before === null ? 'the revisions before it are not in the tree' : `follows revision ${before.revision}`}`,
      );
    if (before !== null && before.isLeftOut !== isLeftOut)
      return find(
        `${nameOf(entry)}: ${isLeftOut ? 'is left out, and others of its history are not' : 'those before it were left out'}`,
      );
    const expected = revision === 0 ? FIRST_PREV_HASH : before?.hash;
    // What did not come, or came as something else, was named.
    if (prevHash !== null && prevHash !== UNKNOWN && expected !== undefined && prevHash !== expected)
      find(`${nameOf(entry)}: names another transition as the one before it: its history was written again`);
  }

  return {
    line(text) {
      lines += 1;
      if (isEnded) throw new Malformed(`Line ${lines}`, 'stands behind the end of the export');
      const line = parse(text);
      if (line === null) return;
      if (header === null) return begin(line);
      switch (line.kind) {
        case 'header':
          throw new Malformed(`Line ${lines}`, 'is a second header');
        case 'bundle':
          return beginBundle(line.entries, line.proof, header);
        case 'transition':
          return hold(line);
        case 'lost':
          return lose(line.leaf, losses[line.how]);
        case 'end':
          isEnded = true;
          stated = line.transitions;
      }
    },
    end() {
      if (header === null) throw new Malformed('The export', 'is empty');
      if (!isEnded || nextLeaf < header.to)
        throw new Malformed(
          'The export',
          `ends before its end, within or behind leaf ${Math.max(lastLeaf, header.from)}`,
        );
      finishBundle();
      if (stated !== transitions) find(`The export had ${stated} transitions, and ${transitions} are there`);
      const uncheckedSizes = olderCheck.end();
      return { header, checkpoint, transitions, leftOut, findings, findingsCount, uncheckedSizes };
    },
  };
}

const losses = {
  missing: 'the log did not have it when it was exported',
  unreadable: 'the log had something else when it was exported',
} as const;

/** The leaf, where one is known. */
const nameOf = ({
  stream,
  revision,
  index,
}: Readonly<Record<'stream' | 'revision', unknown>> & Partial<Pick<Entry, 'index'>>) =>
  `${textOf(stream)}, revision ${textOf(revision)}${index === undefined ? '' : ` (leaf ${textOf(index)})`}`;

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
