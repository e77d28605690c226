import type { DatabaseSync } from 'node:sqlite';
import { DamageFound } from './damage-found.ts';
import { GENERATION_BITS } from './schema.ts';

/** How far a table was held against its index. */
export interface IndexPlace {
  readonly table: 'streams' | 'transitions';
  /** Rows up to this key. */
  readonly after: number;
}

/** The names of the last generation, where new ones are looked for, and the transitions that were written last. */
const CHECKED_AT_OPEN = { streams: 2 ** GENERATION_BITS, transitions: 1_000 };

const QUERIES = {
  streams: `
    SELECT number AS key FROM streams AS held WHERE number > ? AND number <= ? AND NOT EXISTS (
      SELECT * FROM streams AS found INDEXED BY streams_by_name
      WHERE found.number >> ${GENERATION_BITS} = held.number >> ${GENERATION_BITS}
        AND found.name = held.name AND found.number = held.number) LIMIT 1`,
  transitions: `
    SELECT position AS key FROM transitions AS held WHERE position > ? AND position <= ? AND NOT EXISTS (
      SELECT * FROM transitions AS found INDEXED BY sqlite_autoindex_transitions_1
      WHERE found.stream = held.stream AND found.revision = held.revision AND found.position = held.position) LIMIT 1`,
} as const;

const LAST = {
  streams: 'SELECT coalesce(max(number), 0) AS last FROM streams',
  transitions: 'SELECT coalesce(max(position), 0) AS last FROM transitions',
} as const;

export interface IndexChecks {
  /**
   * Whether the next `rows` rows are found by their index. @returns where to go on; `null` after the last one.
   * @throws {DamageFound} naming the row. @throws SQLite's own errors.
   */
  checkIndexes(piece: { readonly from: IndexPlace; readonly rows: number }): IndexPlace | null;
  /** The part of it that every start needs: takes up to 0.1 s. Throws as the other does. */
  checkLastRows(): void;
}

/** SQLite's quick check reads indexes and tables, but does not hold one against the other. */
export function createIndexChecks(database: DatabaseSync): IndexChecks {
  const lastOf = (table: IndexPlace['table']) => Number(database.prepare(LAST[table]).get()?.['last']);

  function check(table: IndexPlace['table'], after: number, upTo: number): void {
    const lost = database.prepare(QUERIES[table]).get(after, upTo);
    if (lost !== undefined)
      throw new DamageFound(`the index of its ${table} does not find number ${String(lost['key'])}`);
  }

  return {
    checkIndexes({ from: { table, after }, rows }) {
      const [last, upTo] = [lastOf(table), after + rows];
      check(table, after, upTo);
      if (upTo < last) return { table, after: upTo };
      return table === 'streams' ? { table: 'transitions', after: 0 } : null;
    },
    checkLastRows() {
      for (const table of ['streams', 'transitions'] as const)
        check(table, lastOf(table) - CHECKED_AT_OPEN[table], lastOf(table));
    },
  };
}
