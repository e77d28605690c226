import { CheckpointRefused } from '../../application/failures.ts';
import type { Checkpoint } from '../../application/ports/event-log.ts';
import type { Place } from './decode-event.ts';

/** How far a subscriber is. */
export interface Progress {
  /** The first event of the log, which identifies the log; `null` while there was none. */
  readonly logId: string | null;
  /** The last transition that was handed over. */
  readonly last: Place | null;
  /** An event beyond it, up to which nothing concerned the subscriber. */
  readonly passed: Place | null;
}

export const BEGINNING: Progress = { logId: null, last: null, passed: null };

const NONE = '-';
const place = String.raw`(?:(\d+)\.(\d+)\.([0-9a-f-]{36})|-)`;
const form = new RegExp(`^esdb1/([0-9a-f-]{36}|-)/${place}(?:/${place})?$`);

/** `esdb1/<log>/<last>/<passed>`, where a position is `<commit>.<prepare>.<id of the event>`. */
export function formatCheckpoint({ logId, last, passed }: Progress): Checkpoint {
  const text = ({ commit, prepare, id }: Place) => `${commit}.${prepare}.${id}`;
  const parts = ['esdb1', logId ?? NONE, last ? text(last) : NONE, ...(passed ? [text(passed)] : [])];
  return parts.join('/') as Checkpoint;
}

/** @throws {CheckpointRefused} for what is no checkpoint of EventStoreDB. */
export function parseCheckpoint(checkpoint: Checkpoint): Progress {
  const matched = form.exec(checkpoint);
  if (matched === null)
    throw new CheckpointRefused(
      `The checkpoint ${checkpoint.slice(0, 100)} was not made by an EventStoreDB log: the subscriber followed another log before`,
      { isOfAnotherLog: true },
    );
  const [, log, commit, prepare, id, passedCommit, passedPrepare, passedId] = matched;
  return {
    logId: log === undefined || log === NONE ? null : log,
    last: toPlace(commit, prepare, id),
    passed: toPlace(passedCommit, passedPrepare, passedId),
  };
}

const toPlace = (commit?: string, prepare?: string, id?: string): Place | null =>
  commit === undefined || prepare === undefined || id === undefined
    ? null
    : { commit: BigInt(commit), prepare: BigInt(prepare), id };

export const isBeyond = (one: Pick<Place, 'commit' | 'prepare'>, other: Pick<Place, 'commit' | 'prepare'> | null) =>
  other === null || one.commit > other.commit || (one.commit === other.commit && one.prepare > other.prepare);
