import { type RawBuilder, sql } from 'kysely';

/**
 * One copy of a read model's tables, by the PostgreSQL schema that it is in. `null` is the copy that is read: its tables
 * have their plain names, which the connection's search path leads to.
 */
export type Slot = string | null;

/** A table or view of one slot by its own name, as it is written into a statement. */
export type Named = (name: string) => RawBuilder<unknown>;

export const namedIn =
  (slot: Slot): Named =>
  (name) =>
    slot === null ? sql.id(name) : sql.id(slot, name);
