import { anchoredPrefixes } from '../anchoring/anchor.ts';
import { ReadDatabaseUnavailable } from '../failures.ts';
import { type ReadingLog, readOn } from '../log-segments/read-on.ts';
import type { Checkpoint } from '../ports/event-log.ts';
import type { LogSegment, LogSegmentsReader, TimeRange } from '../ports/log-segments.ts';

interface Sources extends ReadingLog {
  readonly segments: LogSegmentsReader;
}

/** Before a leaf of the audit tree, in the log. */
export interface LeafPlace {
  readonly leaf: number;
  readonly after: Checkpoint | null;
}

const BEGINNING: LeafPlace = { leaf: 0, after: null };

/**
 * The leaves of a time: from the first that was recorded at `since` or later up to and without `to`, which is behind the last
 * that was recorded before `until`. What is between them was appended between them, whatever time it says.
 * @returns also where to begin reading, which may be some before the first.
 * @throws {LogUnavailable} @throws {CheckpointRefused} segments are of another log.
 */
export async function leavesOf(
  { since, until }: TimeRange,
  size: number,
  sources: Sources,
): Promise<{ readonly from: number; readonly to: number; readonly start: LeafPlace }> {
  const start = since === undefined ? BEGINNING : await before({ since }, sources);
  const first = since === undefined ? 0 : await firstLeaf(start, since, size, sources);
  const from = Math.min(first ?? size, size);
  const to = until === undefined ? size : Math.min(size, (await lastLeaf(until, size, sources)) + 1);
  return { from, to: Math.max(from, to), start };
}

/** Where to begin reading for a leaf. */
export async function placeBefore(leaf: number, { segments }: Sources): Promise<LeafPlace> {
  const segment = await ifKnown(() => segments.withLeaf(leaf));
  if (segment !== null) return beginningOf(segment);
  const last = await ifKnown(() => segments.last());
  return last === null || leaf < last.leavesBefore ? BEGINNING : endOf(last);
}

async function before(times: TimeRange, { segments }: Sources): Promise<LeafPlace> {
  const segment = await ifKnown(() => segments.firstOverlapping(times, -1n));
  if (segment !== null) return beginningOf(segment);
  const last = await ifKnown(() => segments.last());
  return last === null ? BEGINNING : endOf(last);
}

async function firstLeaf(
  { leaf, after }: LeafPlace,
  since: string,
  size: number,
  sources: Sources,
): Promise<number | null> {
  let at = leaf;
  for await (const { recordedAt } of readOn(sources, after, anchoredPrefixes)) {
    if (at >= size) break;
    if (recordedAt >= since) return at;
    at += 1;
  }
  return null;
}

/** The last leaf recorded before a time; -1 when there is none. Behind the last segment first, then in the last that has one. */
async function lastLeaf(until: string, size: number, sources: Sources): Promise<number> {
  const last = await ifKnown(() => sources.segments.last());
  let found = await lastIn(last === null ? BEGINNING : endOf(last), null, { until, size }, sources);
  for (let behind = last?.to.position ?? -1n; found === null; ) {
    const segment = await ifKnown(() => sources.segments.lastOverlapping({ until }, behind));
    if (segment === null) return -1;
    found = await lastIn(beginningOf(segment), segment.to.position, { until, size }, sources);
    behind = segment.from.position;
  }
  return found;
}

async function lastIn(
  { leaf, after }: LeafPlace,
  upTo: bigint | null,
  { until, size }: { readonly until: string; readonly size: number },
  sources: Sources,
): Promise<number | null> {
  let [at, found]: [number, number | null] = [leaf, null];
  for await (const { recordedAt, position } of readOn(sources, after, anchoredPrefixes)) {
    if (at >= size || (upTo !== null && position > upTo)) break;
    if (recordedAt < until) found = at;
    at += 1;
  }
  return found;
}

const beginningOf = ({ from, leavesBefore }: LogSegment): LeafPlace => ({ leaf: leavesBefore, after: from.after });
const endOf = ({ to, leavesBefore, leaves }: LogSegment): LeafPlace => ({
  leaf: leavesBefore + leaves,
  after: to.after,
});

/** Without segments the log is read from its beginning. */
async function ifKnown(ask: () => Promise<LogSegment | null>): Promise<LogSegment | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ReadDatabaseUnavailable) return null;
    throw error;
  }
}
