import pg from 'pg';
import { endsConnection } from './translate-failures.ts';

/**
 * What every statement of ours relies on, whatever a role, a database or a pooler has set: in which form values come,
 * what a text in a statement means, and how long it may take. Names and values of PostgreSQL.
 */
export type SessionSettings = Readonly<Record<string, string>>;

export interface Durations {
  /** 0 for as long as it takes. */
  readonly statementMs: number;
  readonly lockMs: number;
  readonly idleInTransactionMs: number;
}

export const sessionSettings = ({ statementMs, lockMs, idleInTransactionMs }: Durations): SessionSettings => ({
  datestyle: 'ISO, MDY',
  timezone: 'UTC',
  intervalstyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  default_transaction_isolation: 'read committed',
  statement_timeout: `${statementMs}`,
  lock_timeout: `${lockMs}`,
  idle_in_transaction_session_timeout: `${idleInTransactionMs}`,
});

/** A setting of our own, by which a new connection shows that it was given all others, too. */
const MARK = 'eventops.session';

/** As a connection hands them over when it begins. Earlier ones, from the URL, hold where ours say nothing. */
export const asStartupOptions = (settings: SessionSettings, earlier: string | null): string =>
  [
    earlier ?? '',
    ...Object.entries({ ...settings, [MARK]: 'on' }).map(([name, value]) => `-c ${name}=${escaped(value)}`),
  ]
    .join(' ')
    .trim();

const escaped = (value: string) => value.replaceAll(/[\\ ]/g, String.raw`\$&`);

/** Begins a transaction that has them, and leaves nothing of them behind in a session that another client gets next. */
export const beginWith = (settings: SessionSettings): string =>
  [
    'begin isolation level read committed',
    ...Object.entries(settings).map(([name, value]) => `set local ${name} = '${value}'`),
  ].join('; ');

/**
 * Whether what a new connection asked for is what it has. A pooler that refuses says so; one that is set to ignore
 * what it does not know (`ignore_startup_parameters`) hands out sessions that have none of it, and may be cut short by a
 * timeout of the role's.
 */
export async function hasSession(client: pg.ClientBase): Promise<boolean> {
  try {
    const { rows } = await client.query<{ mark: string | null }>(`select current_setting('${MARK}', true) as mark`);
    return rows[0]?.mark === 'on';
  } catch (error) {
    if (endsConnection(error)) throw error;
    return false;
  }
}

/**
 * By what a pooler refuses a connection for what it asks: PgBouncer's `unsupported startup parameter`, which has the
 * code of any problem with a protocol, and `feature not supported`. Whether it was that, the next attempt shows.
 */
export const mayBeRefusedParameters = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.code === '08P01' || error.code === '0A000');
