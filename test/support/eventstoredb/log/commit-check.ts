import type { CommittedEvent } from './committed-ids.ts';
import { NO_STREAM, TOMBSTONE_REVISION } from './stream-index.ts';

/** An expectation as EventStoreDB numbers it: an exact revision from 0 on, or one of these. */
export const EXPECT_NO_STREAM = -1;
export const EXPECT_ANY = -2;
export const EXPECT_EXISTS = -4;

/** What the check needs to know of the log: what the writer sees, synced or not. */
export interface WrittenLog {
  lastRevision(stream: string): number;
  hasMetadata(stream: string): boolean;
  isSoftDeleted(stream: string): boolean;
  committedEvent(id: string): CommittedEvent | undefined;
  /** The id of an event that is there, also of one that can no longer be read. */
  eventIdAt(stream: string, revision: number): string | undefined;
}

export type CommitDecision =
  /** Append after `current`. */
  | { readonly kind: 'append'; readonly current: number; readonly undelete: boolean }
  /** The same append has been made before; `last` is the revision of its last event. */
  | { readonly kind: 'repeated'; readonly last: number }
  | { readonly kind: 'conflict'; readonly current: number }
  | { readonly kind: 'deleted' };

/**
 * Decides what an append with these ids at this expectation comes to, by the rules of EventStoreDB's index writer.
 * Ids decide whether an append is a repeated one; bodies are never compared.
 */
export function checkCommit(
  log: WrittenLog,
  append: { readonly stream: string; readonly expected: number; readonly ids: readonly string[] },
): CommitDecision {
  const { stream, expected, ids } = append;
  const current = log.lastRevision(stream);
  if (current === TOMBSTONE_REVISION) return { kind: 'deleted' };
  if (expected === EXPECT_EXISTS) {
    if (log.isSoftDeleted(stream)) return { kind: 'deleted' };
    if (current === NO_STREAM && !log.hasMetadata(stream)) return { kind: 'conflict', current };
  }
  if (expected === EXPECT_ANY || expected === EXPECT_EXISTS) return atAnyRevision(log, stream, ids, current);
  if (expected < current) return atEarlierRevision(log, append, current);
  if (expected > current) return { kind: 'conflict', current };
  return { kind: 'append', current, undelete: log.isSoftDeleted(stream) };
}

/** Repeated when every id is remembered for this stream, in whatever order; a conflict when only the first ones are. */
function atAnyRevision(log: WrittenLog, stream: string, ids: readonly string[], current: number): CommitDecision {
  let last: number | undefined;
  for (const id of ids) {
    const known = log.committedEvent(id);
    if (known?.stream !== stream) {
      if (last !== undefined) return { kind: 'conflict', current };
      return { kind: 'append', current, undelete: log.isSoftDeleted(stream) };
    }
    last = known.revision;
  }
  if (last === undefined) return { kind: 'append', current, undelete: log.isSoftDeleted(stream) };
  return { kind: 'repeated', last };
}

/** Repeated when the events that follow the expected revision are these ids in this order. */
function atEarlierRevision(
  log: WrittenLog,
  { stream, expected, ids }: { readonly stream: string; readonly expected: number; readonly ids: readonly string[] },
  current: number,
): CommitDecision {
  for (const [index, id] of ids.entries()) {
    if (log.eventIdAt(stream, expected + 1 + index) === id) continue;
    // A deleted stream may be begun again as if it had never been there.
    const beginsAgain = index === 0 && expected === EXPECT_NO_STREAM && log.isSoftDeleted(stream);
    return beginsAgain ? { kind: 'append', current, undelete: true } : { kind: 'conflict', current };
  }
  return ids.length === 0 ? { kind: 'conflict', current } : { kind: 'repeated', last: expected + ids.length };
}
