import type { RawBuilder, Transaction } from 'kysely';
import { isFollowed } from '../application/followed-streams.ts';
import type { RecordedTransition } from '../application/ports/event-log.ts';
import type { Transition } from '../domain/event/transitions.ts';
import type { Database } from './database.ts';
import type { Named } from './slots.ts';

/** A transition, and what a read model has read of it. */
export interface DecodedTransition<Content = Transition> {
  readonly recorded: RecordedTransition;
  readonly transition: Content;
  /** The first transition of its stream, where the read model needs it. */
  readonly first?: Content;
}

export interface WriteOptions {
  /** Keeps texts, and leaves out what the database would make of them: for what it refused to make. */
  readonly isTextOnly?: boolean;
  /** What is handed over is all that there is of its events: their rows are replaced, also by an equal state. */
  readonly isWholeHistory?: boolean;
}

/**
 * A batch smaller than `fullBatch` is not followed by the next one before `intervalMs` have passed since it began, so
 * that transitions gather in the log meanwhile: an event that is received and processed within one batch is written
 * once instead of two or three times, and that writing is what projecting costs.
 */
export interface Batching {
  readonly fullBatch: number;
  readonly intervalMs: number;
}
export const defaultBatching: Batching = { fullBatch: 500, intervalMs: 50 };

/**
 * The statements that create a read model's tables and views, or its indexes, in a slot, in order. Each leaves alone what is there
 * already (`if not exists`, `or replace`).
 */
export type CreateTables = (named: Named) => readonly RawBuilder<unknown>[];

/** What a read model writes with. */
export interface SlotTransaction {
  readonly transaction: Transaction<Database>;
  /** Its tables in the slot that is written to. */
  readonly named: Named;
}

/** Transitions in, rows out. */
export interface ReadModel<Content = unknown> {
  readonly name: string;
  /**
   * From 1 on. Another one for tables or rows that differ from those of before, which go on to be written and read until an
   * operator has promoted the rows of the new one. THE LIST has both until then.
   */
  readonly version: number;
  /** Which streams it is made of: those that begin with one of these. */
  readonly streamPrefixes: readonly string[];
  /** Of which types of transitions it is made; of all by default. No other is decoded. */
  readonly types?: readonly string[];
  /** With which types of transitions it needs the first one of their stream, which the rows need not remember then. */
  readonly needsFirstOf?: readonly string[];
  /** The tables that hold its rows; no other read model writes to them. */
  readonly tables: readonly string[];
  readonly createTables: CreateTables;
  /** What only queries need: made once the tables are full, where a copy is filled from the beginning of the log. */
  readonly createIndexes?: CreateTables;
  /** The views that `createTables` makes. */
  readonly views?: readonly string[];
  /** Columns, by table, that are not made from the log alone: two copies may differ in them. */
  readonly notFromLog?: Readonly<Record<string, readonly string[]>>;
  /** No row can be refused for what is in it: when the database refuses one, it is waited for, and nothing is passed over. */
  readonly isNeverRefused?: true;
  /** Overrides of the default batching. */
  readonly batching?: Batching;
  /** What `write` has to know of a transition, and no more. @throws {UndecodableTransition} */
  decode(recorded: RecordedTransition): Content;
  /**
   * Brings the rows up to `decoded`, which are in the log's order. To do so twice changes nothing: each row knows the
   * revision that it contains. Statements only, all of them in the transaction, and on the tables that it names.
   * @returns the streams whose rows do not say what their history does: those that are missing, because an earlier
   *   transition was passed over, and those that are ahead of a whole history.
   * @throws {ReadDatabaseRefused} when the database will not take one of the values.
   */
  write(
    to: SlotTransaction,
    decoded: readonly DecodedTransition<Content>[],
    options?: WriteOptions,
  ): Promise<readonly string[]>;
}

/** Those of the transitions that a read model is made of: another version, which is written beside it, may be made of more. */
export const concerning = <Recorded extends RecordedTransition>(
  { streamPrefixes, types }: Pick<ReadModel, 'streamPrefixes' | 'types'>,
  transitions: readonly Recorded[],
): readonly Recorded[] =>
  transitions.filter(
    ({ stream, type }) => isFollowed(stream, streamPrefixes) && (types === undefined || types.includes(type)),
  );
