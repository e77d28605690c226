import { Kysely, type PostgresPool, type PostgresPoolClient } from 'kysely';
import { dialectOn } from './dialect.ts';

/** Connections that another thread of the process has, and runs statements on. Failures are translated there. */
export interface Lender {
  borrow(): Promise<number>;
  query(connection: number, text: string, values: readonly unknown[]): Promise<unknown>;
  giveBack(connection: number): void;
}

/** The read database of a thread that has no connection of its own. */
export function borrowedDatabase<Database>({ borrow, query, giveBack }: Lender): Kysely<Database> {
  const pool: PostgresPool = {
    options: {},
    async connect() {
      const connection = await borrow();
      return {
        query: (text: string, values: readonly unknown[] = []) => query(connection, text, values),
        release: () => giveBack(connection),
      } as unknown as PostgresPoolClient;
    },
    end: async () => {},
  };
  return new Kysely<Database>({ dialect: dialectOn(pool) });
}
