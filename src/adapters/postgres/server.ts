import pg from 'pg';
import { ServerUrlInvalid } from '../../application/failures.ts';
import { asStartupOptions, beginWith, hasSession, sessionSettings } from './session.ts';

/** How long each kind of wait may take, and how many connections there may be. */
export const serverLimits = {
  connectMs: 5_000,
  statementMs: 15_000,
  /** Beyond the statement's own: then the server itself does not answer. */
  unresponsiveMs: 20_000,
  lockMs: 10_000,
  /** Frees the rows and the lease that a frozen process of ours holds locked. */
  idleInTransactionMs: 10_000,
  connections: 10,
} as const;

export type ServerLimits = { readonly [Name in keyof typeof serverLimits]: number };

/** Where PostgreSQL is, and how we talk to it. */
export interface PostgresServer {
  /** Host, port and database. All that is ever said about the server: the rest is secret. */
  readonly label: string;
  readonly user: string | null;
  readonly password: string | null;
  /** For statements of a bounded length. */
  createPool(): PoolOfSessions;
  /** For migrations: one connection, and statements that take as long as they take. */
  createMigrationPool(): PoolOfSessions;
}

/** A pool whose connections either have our settings for as long as they live, or get them with each transaction. */
export interface PoolOfSessions {
  readonly pool: pg.Pool;
  /**
   * How a transaction on this connection has to begin, where it may be on another session than the one before; `null`
   * where the connection is one session.
   */
  beginOf(client: pg.PoolClient): string | null;
  /** From the next connection on, ask for no session. */
  setPooled(isPooled: boolean): void;
  isPooled(): boolean;
}

/**
 * Reads a `postgres://` URL as libpq does (`sslmode`, `host=` for a socket's folder).
 * @throws {ServerUrlInvalid} without repeating the URL, which may hold a password.
 */
export function parsePostgresServer(url: string, given: Partial<ServerLimits> = {}): PostgresServer {
  const { host, port, user, database, password, options } = parametersOf(url);
  const limits = { ...serverLimits, ...given };
  const { connectMs, statementMs, unresponsiveMs, lockMs, idleInTransactionMs, connections } = limits;
  const common = {
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'eventops',
  };
  // Of all processes' pools: what one connection finds out holds for the others.
  const mode = { isPooled: false };
  const create = (poolOptions: pg.PoolConfig, statementTimeoutMs: number, lockTimeoutMs: number) =>
    createPoolOfSessions(
      { ...common, ...poolOptions },
      {
        url,
        earlierOptions: options,
        mode,
        settings: sessionSettings({ statementMs: statementTimeoutMs, lockMs: lockTimeoutMs, idleInTransactionMs }),
      },
    );
  return {
    label: `${host}:${port}/${database ?? ''}`,
    user: user ?? null,
    password: typeof password === 'string' ? password : null,
    createPool: () =>
      create({ max: connections, idleTimeoutMillis: 30_000, query_timeout: unresponsiveMs }, statementMs, lockMs),
    createMigrationPool: () => create({ max: 1 }, 0, 0),
  };
}

interface Sessions {
  readonly url: string;
  readonly earlierOptions: string | null;
  readonly mode: { isPooled: boolean };
  readonly settings: ReturnType<typeof sessionSettings>;
}

function createPoolOfSessions(
  poolOptions: pg.PoolConfig,
  { url, earlierOptions, mode, settings }: Sessions,
): PoolOfSessions {
  const options = asStartupOptions(settings, earlierOptions);
  const pooled = new WeakSet<object>();
  // What stands in the URL wins over what stands beside it, so the options go into the URL.
  const configs = {
    session: { ...poolOptions, connectionString: withOptions(url, options) },
    pooled: { ...poolOptions, connectionString: withOptions(url, null) },
  };
  class Client extends pg.Client {
    constructor() {
      super(mode.isPooled ? configs.pooled : configs.session);
      if (mode.isPooled) pooled.add(this);
    }
  }
  const pool = new pg.Pool({
    ...poolOptions,
    Client,
    async onConnect(client) {
      if (pooled.has(client) || (await hasSession(client))) return;
      pooled.add(client);
      mode.isPooled = true;
    },
  });
  return {
    pool,
    beginOf: (client) => (pooled.has(client) ? beginWith(settings) : null),
    setPooled: (isPooled) => {
      mode.isPooled = isPooled;
    },
    isPooled: () => mode.isPooled,
  };
}

function withOptions(url: string, options: string | null): string {
  const changed = new URL(url);
  changed.searchParams.delete('options');
  if (options !== null) changed.searchParams.set('options', options);
  return changed.href;
}

interface Parameters {
  readonly host: string;
  readonly port: number;
  readonly user?: string | undefined;
  readonly database?: string | undefined;
  readonly password?: unknown;
  readonly options: string | null;
}

function parametersOf(url: string): Parameters {
  try {
    // What `pg` makes of a text that is no URL could be anything.
    if (URL.canParse(url)) {
      const { host, port, user, database, password } = new pg.Client({ connectionString: url });
      return { host, port, user, database, password, options: new URL(url).searchParams.get('options') };
    }
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
