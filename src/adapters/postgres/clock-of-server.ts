import pg from 'pg';
import { ReadDatabaseUnavailable } from '../../application/failures.ts';

export interface ClockOfServer {
  /** Milliseconds since 1970, when the server was asked. */
  readonly now: number;
  readonly version: string;
}

const LONGEST_MS = 5_000;

/** On a connection of its own, for nothing else. @throws {ReadDatabaseUnavailable} never with anything of the URL. */
export async function clockOfServer(url: string): Promise<ClockOfServer> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: LONGEST_MS,
    query_timeout: LONGEST_MS,
    application_name: 'eventops doctor',
  });
  // A query fails with the connection, and says so itself.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query(
      "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now, current_setting('server_version') AS version",
    );
    const [row] = rows as readonly { readonly now: number; readonly version: string }[];
    if (row === undefined) throw new Error('no row');
    return { now: row.now, version: row.version };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ReadDatabaseUnavailable(`PostgreSQL does not answer (${code ?? 'no code'})`, { cause: error });
  } finally {
    await client.end().catch(() => {});
  }
}
