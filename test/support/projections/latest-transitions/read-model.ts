import { sql } from 'kysely';
import type { ReadModel } from '../../../../src/projections/read-model.ts';

interface LatestRow {
  readonly stream: string;
  readonly type: string;
  readonly revision: string;
}

/** An example: for each stream, events' and others, what was recorded in it last. */
export const latestTransitions: ReadModel<string> = {
  name: 'latest-transitions',
  version: 1,
  streamPrefixes: ['event-', 'tally-'],
  tables: ['latest_transitions'],
  createTables: (named) => [
    sql`
      create table if not exists ${named('latest_transitions')} (
        stream text constraint latest_transitions_pkey primary key,
        type text not null,
        revision bigint not null
      )`,
    sql`create index if not exists latest_transitions_by_type on ${named('latest_transitions')} (type)`,
  ],
  batching: { fullBatch: 100, intervalMs: 10 },
  decode: ({ type }) => type,
  async write({ transaction, named }, decoded) {
    const latest = new Map<string, LatestRow>();
    for (const { recorded, transition: type } of decoded)
      latest.set(recorded.stream, { stream: recorded.stream, type, revision: recorded.revision.toString() });
    await sql`
      insert into ${named('latest_transitions')} as latest (stream, type, revision)
      select stream, type, revision
      from json_to_recordset(${JSON.stringify([...latest.values()])}::json)
        as given (stream text, type text, revision bigint)
      on conflict (stream) do update set type = excluded.type, revision = excluded.revision
        where excluded.revision > latest.revision`.execute(transaction);
    return [];
  },
};
