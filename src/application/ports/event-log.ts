declare const brand: unique symbol;

/** A transition's number in its stream, dense from 0. */
export type Revision = bigint & { readonly [brand]: 'Revision' };
/** Where a transition is in the whole log. Grows along the log, need not be dense, means nothing to another log. */
export type LogPosition = bigint & { readonly [brand]: 'LogPosition' };
/**
 * A position up to which a subscriber has finished, as text to be stored beside its effects. Opaque outside the log's
 * adapter: it also holds what the adapter needs to recognise its own log, so that a foreign log, an emptied one or a
 * restored backup is refused instead of silently skipped over.
 */
export type Checkpoint = string & { readonly [brand]: 'Checkpoint' };

export const revision = (value: bigint | number) => BigInt(value) as Revision;

/**
 * Upper bounds, the same in every adapter and checked before anything is sent. In bytes of UTF-8, metadata included. A
 * payload of 256 KiB and attributes of 16 KiB always fit: kept as text in JSON, at worst each of their characters is
 * escaped.
 */
export const MAX_TRANSITION_BYTES = 2 * (256 + 16) * 1024 + 16 * 1024;
export const MAX_APPEND_BYTES = 900 * 1024;

/**
 * A page of a stream ends with the transition that brings data and metadata to so many UTF-16 units. So a page has at
 * most this and one transition more.
 */
export const PAGE_CHARACTERS = 512 * 1024;

export interface ProposedTransition {
  /** UUID. Belongs to one doer: fresh for each act, kept over that doer's own retries (see {@link EventWriter}). */
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  /** RFC 3339 in UTC with milliseconds, by the appender's clock: when it was decided, however long the append then took. */
  readonly recordedAt: string;
  /** JSON text. Kept and given back byte for byte. */
  readonly data: string;
  /** JSON text of the rest of the envelope. Kept and given back byte for byte. */
  readonly metadata: string;
}

export interface RecordedTransition extends ProposedTransition {
  readonly stream: string;
  readonly revision: Revision;
  readonly position: LogPosition;
}

export interface AppendRequest {
  readonly stream: string;
  /** Where the stream must stand now. There is no "any": without an expectation nothing is fenced. */
  readonly expectedRevision: Revision | 'no-stream';
  /** At least one; appended together or not at all. */
  readonly transitions: readonly ProposedTransition[];
}

/** Why the log will not or could not write. Certain: nothing was written. */
export type AppendRefusal =
  /** Beyond {@link MAX_TRANSITION_BYTES} or {@link MAX_APPEND_BYTES}. Final. */
  | { readonly code: 'too-large'; readonly message: string }
  /** Malformed text, an id that is not a UUID in lower case, a name that is empty or begins with `$`. Final. */
  | { readonly code: 'invalid'; readonly message: string }
  /** The log does not take more currently: full queue, full disk, server busy or unavailable. Try again later. */
  | { readonly code: 'unavailable'; readonly message: string }
  /** What the log has stored is damaged. Final until an operator restores it. */
  | { readonly code: 'damaged'; readonly message: string }
  /** The log refuses this user. Final until the settings are corrected. */
  | { readonly code: 'unauthorized'; readonly message: string };

export type AppendOutcome =
  /**
   * The transitions are durable at these revisions: by this call, or by an earlier one with the same ids at the same
   * revision. EventStoreDB does not distinguish the two, so neither does the port.
   */
  | { readonly kind: 'appended'; readonly firstRevision: Revision; readonly lastRevision: Revision }
  /** Another append was there first; nothing was written. */
  | { readonly kind: 'conflict'; readonly actualRevision: Revision | 'no-stream' }
  /** The answer was lost: written or not. Send the identical request again (same expectation, ids, order). */
  | { readonly kind: 'unknown'; readonly message: string }
  | { readonly kind: 'refused'; readonly refusal: AppendRefusal };

export interface EventWriter {
  /**
   * Appends atomically at the expected revision. Durable (fsync, or the server's own promise) once `appended` is returned.
   *
   * The log takes two requests with the same ids at the same revision for one request, without comparing bodies, and answers
   * both as `appended`; with other ids the second one is a conflict. An id is therefore never made from the
   * command, the stream or the revision alone.
   *
   * Settles by the adapter's own deadline, also when the log does not answer; never rejects.
   */
  append(request: AppendRequest): Promise<AppendOutcome>;
  /** Group commit: outcomes in the order of the requests; one that fails does not affect the others. Never rejects. */
  appendMany(requests: readonly AppendRequest[]): Promise<readonly AppendOutcome[]>;
}

export type SubscriptionMessage =
  /** In the log's order, at least one; `checkpoint` is the position after the last of them. */
  | {
      readonly kind: 'transitions';
      readonly transitions: readonly RecordedTransition[];
      readonly checkpoint: Checkpoint;
    }
  /** Nothing up to here concerned the subscriber. */
  | { readonly kind: 'checkpoint'; readonly checkpoint: Checkpoint }
  /** Everything that was in the log when the subscription reached its end has been handed over before. */
  | { readonly kind: 'caught-up' };

export interface SubscribeOptions {
  /** Only streams that begin with one of these; with an empty list none, without a list all. */
  readonly streamPrefixes?: readonly string[];
  /** Most transitions in one message; 1,000 by default. */
  readonly maxBatch?: number;
  /** Ends the subscription: the iteration finishes without an error. */
  readonly signal?: AbortSignal;
}

export interface EventReader {
  /**
   * A stream in revision order, from `from` on (inclusive). A missing stream is empty, not an error.
   * @throws {LogUnavailable} after the adapter's own deadline.
   */
  readStream(stream: string, from?: Revision): Promise<readonly RecordedTransition[]>;
  /**
   * The same from its beginning, for readers that need not have all of it at once: in pages, each read when it is asked for,
   * none of them empty. What is appended meanwhile may be among them.
   * @throws {LogUnavailable} after the adapter's own deadline for a page.
   */
  readPages(stream: string): AsyncIterable<readonly RecordedTransition[]>;
  /**
   * Every transition committed after `after` (`null`: from the beginning) once and in order, then live. The source is
   * no faster than the consumer: no more than a bounded number of transitions is held. Reconnects with backoff by itself.
   * @throws {CheckpointRefused} when `after` is not a position in this log.
   */
  subscribeAll(after: Checkpoint | null, options?: SubscribeOptions): AsyncIterable<SubscriptionMessage>;
  /**
   * The position after the last committed transition; `null` for an empty log.
   * @throws {LogUnavailable}
   */
  head(): Promise<{ readonly position: LogPosition; readonly checkpoint: Checkpoint } | null>;
  /**
   * Whether `checkpoint` is a position in this log.
   * @throws {CheckpointRefused} saying what differs. @throws {LogUnavailable}
   */
  verifyCheckpoint(checkpoint: Checkpoint): Promise<void>;
}

export interface EventLog extends EventWriter, EventReader {
  /**
   * Counts the connections that were lost. A log can be put back to an older state only while no process is connected to
   * it, so what was read or appended in an earlier session may be gone, with something else in its place at the same
   * revision: it is looked at again before anything is appended to it. Always 0 where the process itself holds the log.
   */
  session(): number;
  /** Lets what is under way settle, then closes files and connections. A second call does nothing. */
  close(): Promise<void>;
}
