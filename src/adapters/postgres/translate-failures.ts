import pg from 'pg';
import { ReadDatabaseRefused, ReadDatabaseUnavailable } from '../../application/failures.ts';
import { withoutValues } from './without-values.ts';

/**
 * By class of SQLSTATE, and where one stands apart by the whole of it
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html). What is in neither set is a mistake in a statement
 * of ours.
 */
const OF_THE_SERVER = new Set([
  '08', // connection and protocol: a pooler says so of every failure of its own, an outage of the server included
  '25', // state of the transaction: idle for too long, read-only as a standby is, lost with a pooler's session
  '26', // a prepared statement of another session
  '28', // who we are
  '3D', // no such database
  '3F', // no such schema
  '40', // rolled back: serialization, deadlock
  '53', // out of memory, disk or connections
  '55', // locked
  '57', // shut down or cancelled, a statement's timeout included
  '58', // the system's errors, input and output
  'F0', // its configuration
  'XX', // its own mistakes, and damage
  '42501', // not allowed
  '42P01', // no such table, and
  '42703', // no such column: the migrations have not come here yet
]);
const OF_THE_ROW = new Set([
  '21', // more than one row
  '22', // data
  '23', // constraints
  '44', // a view's condition
  '54', // limits, such as an index row's size
  'P0', // raised by a trigger, which is an operator's
]);
const DAMAGED = new Set(['XX001', 'XX002', '58030', '58P01']);

const isOneOf = (codes: ReadonlySet<string>, code: string) => codes.has(code) || codes.has(code.slice(0, 2));

/**
 * The one place that reads the driver's errors: whether server or row is at fault, by severity and class. What ended the connection
 * is never the row's. What the server said is kept, without the values that a refusal repeats.
 */
export function translateFailure(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError))
    return new ReadDatabaseUnavailable(
      `The read database did not answer: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  const { code = '', constraint, column } = error;
  if (isDamage(error))
    return new ReadDatabaseUnavailable(`The read database is damaged (${code}): ${error.message}`, { cause: error });
  if (endsConnection(error) || isOneOf(OF_THE_SERVER, code))
    return new ReadDatabaseUnavailable(`The read database cannot do this now (${code}): ${error.message}`, {
      cause: error,
    });
  if (!isOneOf(OF_THE_ROW, code)) return error;
  const where = constraint ?? column;
  const said = withoutValues(error.message);
  return new ReadDatabaseRefused(
    `The read database refuses the data (${code}): ${where === undefined ? said : `${where}: ${said}`}`,
  );
}

export const isDamage = (error: unknown): boolean => error instanceof pg.DatabaseError && DAMAGED.has(error.code ?? '');

/**
 * Whether the server has ended the connection, or no longer answers on it. By code, too, because the word for the
 * severity is in the server's language.
 */
export const endsConnection = (error: unknown): boolean =>
  !(error instanceof pg.DatabaseError) ||
  error.severity === 'FATAL' ||
  error.severity === 'PANIC' ||
  /^(?:08|57P0)/.test(error.code ?? '');
