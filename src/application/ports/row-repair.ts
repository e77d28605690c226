import type { RepairedTable } from '../../domain/row-repair/transitions.ts';
import type { RecordedTransition } from './event-log.ts';

/** How one event's rows were before they were written again. */
export type RowRepairOutcome =
  | { readonly kind: 'repaired'; readonly tables: readonly RepairedTable[] }
  /** A row is of a later revision than the history that was given. Nothing was changed. */
  | { readonly kind: 'row-ahead'; readonly projection: string; readonly revision: bigint };

export interface RowRepair {
  /** @throws {ReadDatabaseUnavailable} while the rows cannot be written. */
  requireAvailable(): void;
  /**
   * Writes the rows of one event from its whole history, in all read models or in none. A projector that goes on
   * meanwhile comes before or after it.
   * @param history from revision 0, not empty. @throws {ReadDatabaseUnavailable} written or not is unknown.
   * @throws {ReadDatabaseRefused} @throws {UndecodableTransition}
   */
  repair(history: readonly RecordedTransition[]): Promise<RowRepairOutcome>;
}
