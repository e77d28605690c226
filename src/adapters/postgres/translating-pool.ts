import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';
import { ReadDatabaseUnavailable } from '../../application/failures.ts';
import type { PoolOfSessions } from './server.ts';
import { mayBeRefusedParameters } from './session.ts';
import { endsConnection, translateFailure } from './translate-failures.ts';

/** Passes `pool` on to Kysely with every failure translated. `onFailure` sees the driver's own error first. */
export function translatingPool(pool: pg.Pool, onFailure: (error: unknown) => void = () => {}): PostgresPool {
  return poolOfSessions({ pool, beginOf: () => null, setPooled: () => {}, isPooled: () => true }, onFailure);
}

/** The same, with our settings on every statement, whether connections are sessions or a pooler's. */
export function poolOfSessions(
  { pool, beginOf, setPooled, isPooled }: PoolOfSessions,
  onFailure: (error: unknown) => void = () => {},
): PostgresPool {
  // An idle connection that breaks is replaced when it is next needed; one in use reports to who uses it.
  pool.on('error', onFailure);
  pool.on('connect', (client) => client.on('error', onFailure));
  const fail = (error: unknown): never => {
    onFailure(error);
    throw translateFailure(error);
  };
  const connect = async () => {
    try {
      return await pool.connect();
    } catch (error) {
      if (isPooled() || !mayBeRefusedParameters(error)) throw error;
      setPooled(true);
      return await pool.connect().catch((failure: unknown) => {
        // It was something else.
        setPooled(false);
        throw failure;
      });
    }
  };
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await connect().catch(fail);
      const begin = beginOf(client);
      const ask = begin === null ? askOf(client) : askWithBegin(askOf(client), begin);
      let isLost = false;
      const query = async (text: string, values: readonly unknown[]) => {
        // A statement that got no answer is still under way, and everything after it would wait for it.
        if (isLost) throw new ReadDatabaseUnavailable('The connection to the read database is lost');
        return ask(text, values).catch((error: unknown) => {
          isLost = endsConnection(error);
          return fail(error);
        });
      };
      const release = (destroy?: boolean) => client.release(destroy || isLost);
      return { query, release } as unknown as PostgresPoolClient;
    },
  };
}

type Ask = (text: string, values: readonly unknown[]) => Promise<pg.QueryResult>;

const askOf =
  (client: pg.PoolClient): Ask =>
  (text, values) =>
    client.query(text, [...values]);

/**
 * For a connection on which each transaction may run in another session: settings come with each transaction, and a
 * statement alone becomes one.
 */
function askWithBegin(ask: Ask, begin: string): Ask {
  let isInTransaction = false;
  return async (text, values) => {
    const isEnd = text === 'commit' || text === 'rollback';
    const isPart = isInTransaction || isEnd;
    if (isEnd) isInTransaction = false;
    if (isPart) return ask(text, values);
    const began = await ask(begin, []);
    if (/^(?:begin|start transaction)\b/.test(text)) {
      isInTransaction = true;
      // Of several statements there are several results.
      return [began].flat()[0] ?? began;
    }
    try {
      const result = await ask(text, values);
      await ask('commit', []);
      return result;
    } catch (error) {
      if (!endsConnection(error)) await ask('rollback', []);
      throw error;
    }
  };
}
