import type { Transaction } from 'kysely';
import type { RecordedTransition } from '../application/ports/event-log.ts';
import type { Transition } from '../domain/event/transitions.ts';
import type { Database } from './database.ts';

export interface DecodedTransition {
  readonly recorded: RecordedTransition;
  readonly transition: Transition;
}

export interface WriteOptions {
  /** Keeps texts, and leaves out what the database would make of them: for what it refused to make. */
  readonly isTextOnly?: boolean;
}

/** Transitions in, rows out. */
export interface ReadModel {
  readonly name: string;
  /** Which streams it is made of. */
  readonly streamPrefix: string;
  /**
   * Brings the rows up to `decoded`, which are in the log's order. To do so twice changes nothing: each row knows the
   * revision that it contains. Statements only, and all of them in `transaction`.
   * @throws {ReadDatabaseRefused} when the database will not take one of the values.
   */
  write(
    transaction: Transaction<Database>,
    decoded: readonly DecodedTransition[],
    options?: WriteOptions,
  ): Promise<void>;
}
