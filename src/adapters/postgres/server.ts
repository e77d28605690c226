import pg from 'pg';
import { ServerUrlInvalid } from '../../application/failures.ts';

/** How long each kind of wait may take, in milliseconds. */
const CONNECT_MS = 5_000;
const STATEMENT_MS = 15_000;
/** Beyond the statement's own: then the server itself is silent. */
const SILENCE_MS = 20_000;
const LOCK_MS = 10_000;
/** Frees the rows and the lease that a frozen process of ours holds locked. */
const IDLE_IN_TRANSACTION_MS = 10_000;
const CONNECTIONS = 10;

/** Where PostgreSQL is, and how we talk to it. */
export interface PostgresServer {
  /** Host, port and database. All that is ever said about the server: the rest is secret. */
  readonly label: string;
  readonly password: string | null;
  /** For statements of a bounded length. */
  createPool(): pg.Pool;
  /** For migrations: one connection, and statements that take as long as they take. */
  createMigrationPool(): pg.Pool;
}

/**
 * Reads a `postgres://` URL as libpq does (`sslmode`, `host=` for a socket's folder).
 * @throws {ServerUrlInvalid} without repeating the URL, which may hold a password.
 */
export function parsePostgresServer(url: string): PostgresServer {
  const { host, port, database, password } = parametersOf(url);
  const common = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'eventops',
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  };
  return {
    label: `${host}:${port}/${database ?? ''}`,
    password: typeof password === 'string' ? password : null,
    createPool: () =>
      new pg.Pool({
        ...common,
        max: CONNECTIONS,
        idleTimeoutMillis: 30_000,
        statement_timeout: STATEMENT_MS,
        query_timeout: SILENCE_MS,
        lock_timeout: LOCK_MS,
      }),
    createMigrationPool: () => new pg.Pool({ ...common, max: 1 }),
  };
}

function parametersOf(url: string) {
  try {
    // What `pg` makes of a text that is no URL could be anything.
    if (URL.canParse(url)) return new pg.Client({ connectionString: url });
  } catch (error) {
    if (error instanceof Error && 'path' in error)
      throw new ServerUrlInvalid(
        `the URL of PostgreSQL names a certificate file that cannot be read: ${String(error.path)}`,
        { cause: error },
      );
    // Any other message repeats what it could not read.
  }
  throw new ServerUrlInvalid('the URL of PostgreSQL cannot be read: postgres://user:password@host:5432/database');
}
