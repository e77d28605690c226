import { type Kysely, sql, type Transaction } from 'kysely';
import { ConcurrencyConflict } from '../application/failures.ts';
import type { Lease, Leases } from '../application/ports/leases.ts';
import type { Database } from './database.ts';

/**
 * How long a process may not renew its lease before another takes over. A short pause is then no change of owner, and a dead
 * owner is replaced before clients wait long.
 */
export const LEASE_MS = 5_000;

/** When a lease that begins or is prolonged now expires: not `now()`, which is when the transaction began. */
const nextExpiry = (durationMs: number) => sql<Date>`clock_timestamp() + ${durationMs} * interval '1 ms'`;

/** Leases in the read database, which is also where most of what is done under them is written. */
export function createLeases(db: Kysely<Database>, durationMs = LEASE_MS): Leases {
  const held = ({ name, owner, epoch }: Lease) =>
    db
      .updateTable('leases')
      .where('name', '=', name)
      .where('owner', '=', owner)
      .where('epoch', '=', epoch.toString())
      .returning('name');
  return {
    async acquire(name, owner) {
      // A look without a lock first: the owner's commits lock the row, and those who wait must not stand in their way.
      const { rows } = await sql<{ epoch: string }>`
        insert into leases (name, owner, epoch, expires_at)
        select ${name}, ${owner}, 1, ${nextExpiry(durationMs)}
        where not exists (select from leases where name = ${name} and expires_at > clock_timestamp())
        on conflict (name) do update
          set owner = excluded.owner, epoch = leases.epoch + 1, expires_at = excluded.expires_at
          where leases.expires_at <= clock_timestamp()
        returning epoch`.execute(db);
      const [row] = rows;
      return row === undefined ? null : { name, owner, epoch: BigInt(row.epoch) };
    },
    async renew(lease) {
      const renewed = await held(lease)
        .set({ expires_at: nextExpiry(durationMs) })
        .execute();
      return renewed.length > 0;
    },
    async release(lease) {
      await held(lease).set({ expires_at: sql<Date>`clock_timestamp()` }).execute();
    },
  };
}

/**
 * Fences a transaction: it commits under this lease or not at all, since no other process can take the lease over before it ends.
 * @throws {ConcurrencyConflict} when another has.
 */
export async function requireLease(transaction: Transaction<Database>, { name, epoch }: Lease): Promise<void> {
  const row = await transaction
    .selectFrom('leases')
    .select('name')
    .where('name', '=', name)
    .where('epoch', '=', epoch.toString())
    .forShare()
    .executeTakeFirst();
  if (row === undefined)
    throw new ConcurrencyConflict(
      `The lease of ${name} (epoch ${epoch}) was taken over by another process; nothing was written`,
    );
}
