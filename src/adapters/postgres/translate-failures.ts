import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { ReadDatabaseRefused, ReadDatabaseUnavailable } from '../../application/failures.ts';

/**
 * By class of SQLSTATE, and where one stands apart by the whole of it
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html).
 */
const UNAVAILABLE = new Set([
  '08', // connection
  '40', // rolled back: serialization, deadlock
  '53', // out of memory, disk or connections
  '55', // locked
  '57', // shut down or cancelled, a statement's timeout included
  '58', // the system's errors, input and output
  '25P03', // idle in a transaction for too long
  '25006', // read-only, as a standby is
  '28', // who we are
  '3D000', // no such database
  '42501', // not allowed
  '42P01', // no such table, and
  '42703', // no such column: the migrations have not come here yet
]);
const REFUSED = new Set([
  '08P01', // a text that the protocol cannot carry
  '22', // data
  '23', // constraints
  '54', // limits, such as an index row's size
]);
const DAMAGED = new Set(['XX001', 'XX002', '58030', '58P01']);

const isOneOf = (codes: ReadonlySet<string>, code: string) => codes.has(code) || codes.has(code.slice(0, 2));

/**
 * The one place that reads the driver's errors. Of a refusal it keeps the code and the names but not the text, which
 * may hold what was refused. Errors in our own statements stay what they are.
 */
export function translateFailure(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError))
    return new ReadDatabaseUnavailable(
      `The read database did not answer: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  const { code = '', constraint, column, routine } = error;
  if (isDamage(error))
    return new ReadDatabaseUnavailable(`The read database is damaged (${code}): ${error.message}`, { cause: error });
  if (isOneOf(REFUSED, code))
    return new ReadDatabaseRefused(
      `The read database refuses the data (${code}): ${constraint ?? column ?? routine ?? 'no details'}`,
    );
  if (isOneOf(UNAVAILABLE, code))
    return new ReadDatabaseUnavailable(`The read database cannot do this now (${code}): ${error.message}`, {
      cause: error,
    });
  return error;
}

export const isDamage = (error: unknown): boolean => error instanceof pg.DatabaseError && DAMAGED.has(error.code ?? '');

/** Whether the server has ended the connection, or no longer answers on it. */
const endsConnection = (error: unknown): boolean =>
  !(error instanceof pg.DatabaseError) || error.severity === 'FATAL' || error.severity === 'PANIC';

/** Passes `pool` on to Kysely with every failure translated. `onFailure` sees the driver's own error first. */
export function translatingPool(pool: pg.Pool, onFailure: (error: unknown) => void = () => {}): PostgresPool {
  // An idle connection that breaks is replaced when it is next needed; one in use reports to who uses it.
  pool.on('error', onFailure);
  pool.on('connect', (client) => client.on('error', onFailure));
  const fail = (error: unknown): never => {
    onFailure(error);
    throw translateFailure(error);
  };
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect().catch(fail);
      let isLost = false;
      const query = async (text: string, values: readonly unknown[]) => {
        // A statement that got no answer is still under way, and everything after it would wait for it.
        if (isLost) throw new ReadDatabaseUnavailable('The connection to the read database is lost');
        return client.query(text, [...values]).catch((error: unknown) => {
          isLost = endsConnection(error);
          return fail(error);
        });
      };
      const release = (destroy?: boolean) => client.release(destroy || isLost);
      return { query, release } as unknown as PostgresPoolClient;
    },
  };
}
