import type { Kysely } from 'kysely';
import type { Database } from '../../../src/projections/database.ts';

/** One adapter of the read database, opened for the suite and shared by its clauses. */
export interface ReadDatabaseUnderTest {
  /** Its schema is at the latest migration. */
  readonly db: Kysely<Database>;
  /** Cuts every connection as a crash of the other side does; new ones may be made at once. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

/** How a clause reaches it: there is none before the tests run. */
export type Opened = () => ReadDatabaseUnderTest;
