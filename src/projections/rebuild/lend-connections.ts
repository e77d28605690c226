import { CompiledQuery, type Kysely } from 'kysely';
import type { Database } from '../database.ts';

/** Of one statement, as `pg` gives it to Kysely. */
export interface LentResult {
  readonly command: string;
  readonly rowCount: number;
  readonly rows: readonly unknown[];
}

/** Connections of this process' pool, on which another thread of it runs its statements. Fails as the pool does. */
export interface LentConnections {
  /** @returns the number of a connection, which is of no other until it is returned. */
  borrow(): Promise<number>;
  query(connection: number, text: string, values: readonly unknown[]): Promise<LentResult>;
  giveBack(connection: number): void;
  /** Once the thread is gone: undoes what it had begun, and returns everything. */
  takeBack(): Promise<void>;
}

interface Lent {
  readonly connection: Kysely<Database>;
  readonly giveBack: () => void;
  /** Resolves once the pool has it again. */
  readonly returned: Promise<unknown>;
}

export function lendConnections(db: Kysely<Database>): LentConnections {
  const lent = new Map<number, Lent>();
  let last = 0;
  let isTakenBack = false;

  function lentAs(number: number): Lent {
    const found = lent.get(number);
    if (found === undefined) throw new Error(`Connection ${number} is not lent`);
    return found;
  }

  async function query(number: number, text: string, values: readonly unknown[]): Promise<LentResult> {
    const { rows, numAffectedRows } = await lentAs(number).connection.executeQuery(
      CompiledQuery.raw(text, [...values]),
    );
    const [row] = rows as { readonly command?: string }[];
    if (text === 'commit' || text === 'rollback') return { command: row?.command ?? '', rowCount: 0, rows: [] };
    const command = numAffectedRows === undefined ? 'SELECT' : 'UPDATE';
    return { command, rowCount: Number(numAffectedRows ?? 0), rows };
  }

  function giveBack(number: number): void {
    lent.get(number)?.giveBack();
    lent.delete(number);
  }

  return {
    async borrow() {
      const borrowed = Promise.withResolvers<Kysely<Database>>();
      const ended = Promise.withResolvers<void>();
      const returned = db.connection().execute(async (connection) => {
        borrowed.resolve(connection);
        await ended.promise;
      });
      returned.catch(borrowed.reject);
      const connection = await borrowed.promise;
      const number = ++last;
      lent.set(number, { connection, giveBack: ended.resolve, returned });
      // The thread that asked for it is gone.
      if (isTakenBack) giveBack(number);
      return number;
    },
    query,
    giveBack,
    async takeBack() {
      isTakenBack = true;
      for (const [number, { returned }] of [...lent]) {
        // After whatever is under way. On a connection that is lost there is nothing to undo.
        await query(number, 'rollback', []).catch(() => {});
        giveBack(number);
        await returned.catch(() => {});
      }
    },
  };
}
