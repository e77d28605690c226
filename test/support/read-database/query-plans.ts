import { type CompiledQuery, type Kysely, CompiledQuery as Query, type RootOperationNode } from 'kysely';
import { type Database, type ReadDatabase, readOnly } from '../../../src/projections/database.ts';

export interface QueryPlan {
  /** The indexes that it goes through. */
  readonly indexes: readonly string[];
  /** Whether it reads a table from end to end, or sorts more than what lies together in an index. */
  readonly isCostly: boolean;
  /** The tables that it reads from end to end. */
  readonly wholeTables: readonly string[];
}

/** The plan of the last of the queries that `ask` makes, of which there are so many. */
export async function planOf(
  db: Kysely<Database>,
  ask: (rows: ReadDatabase) => Promise<unknown>,
  queries = 1,
): Promise<QueryPlan> {
  const seen: CompiledQuery[] = [];
  let answers = 0;
  const remember = {
    transformQuery: ({ node, queryId }: { node: RootOperationNode; queryId: CompiledQuery['queryId'] }) => {
      seen.push(db.getExecutor().compileQuery(node, queryId));
      return node;
    },
    transformResult: async <Result>({ result }: { result: Result }) => {
      answers++;
      return result;
    },
  };
  await ask(readOnly(db.withPlugin(remember)));
  // What is within another query is seen before it.
  const query = seen.at(-1);
  if (query === undefined || answers !== queries) throw new Error(`${answers} queries were asked`);
  const { rows } = await db.executeQuery(Query.raw(`explain (format json) ${query.sql}`, [...query.parameters]));
  const plan = JSON.stringify(rows);
  return {
    indexes: [...plan.matchAll(/"Index Name":"(\w+)"/g)].map(([, name]) => name ?? ''),
    wholeTables: [...plan.matchAll(/"Node Type":"Seq Scan"[^{}]*?"Relation Name":"(\w+)"/g)].map(
      ([, name]) => name ?? '',
    ),
    isCostly: /"Node Type":"(Seq Scan|Sort)"/.test(plan),
  };
}
