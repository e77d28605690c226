import { type Kysely, sql } from 'kysely';
import type { Lease } from '../application/ports/leases.ts';
import type { Database } from './database.ts';
import { requireLease } from './leases.ts';
import { countFailures } from './projection-failures.ts';
import { projectionNameOf } from './projection-states.ts';
import type { DecodedTransition, ReadModel } from './read-model.ts';
import { namedIn, type Slot } from './slots.ts';

/** 2 to a higher power is beyond every longest delay. */
const MAX_DOUBLINGS = 40;

/** What one read model's projection passed over, until it is in the rows. Times are by the database's clock. */
export interface PassedOver {
  /** Transitions that are listed. @throws {ReadDatabaseUnavailable} */
  count(): Promise<number>;
  /** Up to `limit` streams whose turn it is, those first that have waited longest. @throws {ReadDatabaseUnavailable} */
  due(limit: number): Promise<readonly string[]>;
  /**
   * Writes the rows of one event from its whole history, and strikes it off the list; `false` when the rows are ahead of
   * that history, which is then to be read again.
   * @throws {ReadDatabaseUnavailable} written or not is unknown.
   * @throws {ReadDatabaseRefused} one of the values cannot be kept.
   * @throws {ConcurrencyConflict} the lease was taken over.
   */
  repair(repair: Repair): Promise<boolean>;
  /** Its turn is later: after the first delay, then twice as long each time, up to the longest. */
  putOff(stream: string, delays: { readonly initialDelayMs: number; readonly maxDelayMs: number }): Promise<void>;
}

export interface Repair {
  readonly stream: string;
  /** From revision 0. */
  readonly history: readonly DecodedTransition<unknown>[];
  readonly lease: Lease | null;
  readonly isTextOnly: boolean;
}

export function createPassedOver(db: Kysely<Database>, readModel: ReadModel, slot: Slot = null): PassedOver {
  const subscriber = projectionNameOf(readModel, slot);
  const named = namedIn(slot);
  return {
    count: () => countFailures(db, subscriber),
    async due(limit) {
      const rows = await db
        .selectFrom('projection_failures')
        .select('stream')
        .where('subscriber', '=', subscriber)
        .where('next_try_at', '<=', sql<Date>`clock_timestamp()`)
        .groupBy('stream')
        .orderBy(({ fn }) => fn.min('next_try_at'))
        .limit(limit)
        .execute();
      return rows.map(({ stream }) => stream);
    },
    repair: ({ stream, history, lease, isTextOnly }) =>
      db.transaction().execute(async (transaction) => {
        const left = await readModel.write({ transaction, named }, history, { isTextOnly, isWholeHistory: true });
        if (left.length > 0) return false;
        await transaction
          .deleteFrom('projection_failures')
          .where('subscriber', '=', subscriber)
          .where('stream', '=', stream)
          .execute();
        if (lease !== null) await requireLease(transaction, lease);
        return true;
      }),
    async putOff(stream, { initialDelayMs, maxDelayMs }) {
      await sql`
        update projection_failures set
          tries = tries + 1,
          next_try_at = clock_timestamp() + interval '1 ms'
            * least(${maxDelayMs}::float8, ${initialDelayMs}::float8 * 2 ^ least(tries, ${MAX_DOUBLINGS}::integer))
        where subscriber = ${subscriber} and stream = ${stream}`.execute(db);
    },
  };
}
