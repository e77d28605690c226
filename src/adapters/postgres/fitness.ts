import { type Kysely, sql } from 'kysely';
import { ReadDatabaseUnfit } from '../../application/failures.ts';

/** The oldest that the tests are run on, and that PostgreSQL's own project keeps from harm until November 2027. */
const OLDEST_MAJOR_VERSION = 15;

interface Found {
  readonly version: number;
  readonly encoding: string;
}

/**
 * What no setting of ours can give a database afterwards.
 * @throws {ReadDatabaseUnfit} with what to do. @throws {ReadDatabaseUnavailable}
 */
export async function checkFitness<Database>(db: Kysely<Database>, label: string): Promise<void> {
  const { rows } = await sql<Found>`
    select current_setting('server_version_num')::integer as version, current_setting('server_encoding') as encoding`.execute(
    db,
  );
  const [found] = rows;
  if (found === undefined) return;
  const majorVersion = Math.floor(found.version / 10_000);
  if (majorVersion < OLDEST_MAJOR_VERSION)
    throw new ReadDatabaseUnfit(
      `PostgreSQL at ${label} has version ${majorVersion}; ${OLDEST_MAJOR_VERSION} or later is needed. Upgrade it, or name another server in DATABASE_URL`,
    );
  if (found.encoding !== 'UTF8')
    throw new ReadDatabaseUnfit(
      `PostgreSQL at ${label}: the database has the encoding ${found.encoding}, which cannot hold every text that a client may send. Make another one, and name it in DATABASE_URL: create database … encoding 'UTF8' template template0`,
    );
}
