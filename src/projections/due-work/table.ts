import type { ColumnType, Generated } from 'kysely';
import type { DueKind } from '../../application/ports/due-work.ts';

/** One row for each event to which something is still to happen by itself. Holds nothing that a client wrote. */
export interface DueWorkTable {
  id: string;
  kind: DueKind;
  generation: number;
  attempts: number;
  /** Of the last transition that the row contains; guards against applying one twice. */
  revision: string;
  /** As the log has it; `null` where it names no time. */
  due_at: ColumnType<Date | null, string | null, string | null>;
  /** When the sweep takes the row next, by the database's clock. The sweep's own, until the event moves on. */
  ask_at: ColumnType<Date, string, string>;
  /** How often the sweep has taken it since the event last moved on. */
  asks: Generated<number>;
  /** When the transition was recorded that the row is of; `null` where that is no time, and in rows of an earlier version. */
  recorded_at: ColumnType<Date | null, string | null, string | null>;
}
