import {
  type AppendRequest,
  type LogPosition,
  type RecordedTransition,
  revision,
} from '../../application/ports/event-log.ts';

/**
 * What travels between the threads. Batches and rows are flat arrays, because cloning one costs the sender half of what
 * cloning objects does: 0.3 instead of 0.5 µs for a transition of 800 bytes.
 */
export type Flat = (string | number)[];

/** Stands for `no-stream` where a revision is a plain number. */
export const NO_STREAM = -1;

/** id, type, schema version, recorded at, data, metadata: the order of the columns, too. */
const PROPOSED_WIDTH = 6;
/** position, stream, revision, then as above. */
const RECORDED_WIDTH = 9;

export function encodeRequests(requests: readonly AppendRequest[]): Flat {
  const flat: Flat = [];
  for (const { stream, expectedRevision, transitions } of requests) {
    flat.push(stream, expectedRevision === 'no-stream' ? NO_STREAM : Number(expectedRevision), transitions.length);
    for (const { id, type, schemaVersion, recordedAt, data, metadata } of transitions)
      flat.push(id, type, schemaVersion, recordedAt, data, metadata);
  }
  return flat;
}

export interface FlatRequest {
  readonly stream: string;
  readonly expectedRevision: number;
  /** One row of values for each transition; the first value is the id. */
  readonly transitions: readonly Flat[];
}

export function* decodeRequests(flat: Flat): Generator<FlatRequest> {
  for (let at = 0; at < flat.length; ) {
    const [stream, expectedRevision, count] = [String(flat[at]), Number(flat[at + 1]), Number(flat[at + 2])];
    const transitions: Flat[] = [];
    for (at += 3; transitions.length < count; at += PROPOSED_WIDTH)
      transitions.push(flat.slice(at, at + PROPOSED_WIDTH));
    yield { stream, expectedRevision, transitions };
  }
}

export function decodeRows(flat: Flat): RecordedTransition[] {
  const rows: RecordedTransition[] = [];
  for (let at = 0; at < flat.length; at += RECORDED_WIDTH) {
    const text = (offset: number) => String(flat[at + offset]);
    rows.push({
      position: BigInt(flat[at] ?? 0) as LogPosition,
      stream: text(1),
      revision: revision(Number(flat[at + 2])),
      id: text(3),
      type: text(4),
      schemaVersion: Number(flat[at + 5]),
      recordedAt: text(6),
      data: text(7),
      metadata: text(8),
    });
  }
  return rows;
}
