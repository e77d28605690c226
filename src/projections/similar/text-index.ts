import { hash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { TextIndex } from '../../application/ports/text-index.ts';
import { wholeTextOf } from '../../application/similar/failure-text.ts';
import type { Database } from '../database.ts';
import { createExtensions, limitationOf, meansOf } from './means.ts';
import { vectorOf } from './vector.ts';

/** Runs statements that take longer than others are given, until they end or `signal` aborts. */
type ForLong = <Result>(work: (db: Kysely<Database>) => Promise<Result>, signal: AbortSignal) => Promise<Result>;

/** pgvector's index takes no more dimensions; larger vectors are compared one by one. */
const MOST_DIMENSIONS = 2_000;
const INDEX = 'failure_vectors_near_';

/** @param forLong gives no statement up: an index over many texts takes longer than others. */
export function createTextIndex(db: Kysely<Database>, forLong: ForLong = (work) => work(db)): TextIndex {
  let hasNearIndexFor: string | null = null;

  async function indexByDistance(model: string, dimension: number, signal: AbortSignal): Promise<void> {
    const name = `${INDEX}${hash('sha256', `${model} ${dimension}`).slice(0, 12)}`;
    if (hasNearIndexFor === name) return;
    // A server behind the same name may give others than before: those are recreated.
    await sql`
      update failure_vectors set model = '', dimension = 0, embedding = null
      where model = ${model} and dimension <> ${dimension}`.execute(db);
    if ((await meansOf(db)).vector && dimension <= MOST_DIMENSIONS)
      await createNearIndex(name, model, dimension, signal);
    // Not before: what failed is tried again.
    hasNearIndexFor = name;
  }

  async function createNearIndex(name: string, model: string, dimension: number, signal: AbortSignal): Promise<void> {
    const { rows } = await sql<{ name: string }>`
      select indexname as name from pg_indexes
      where schemaname = current_schema() and indexname like ${`${INDEX.replaceAll('_', '\\_')}%`}`.execute(db);
    for (const { name: other } of rows)
      if (other !== name) await sql`drop index if exists ${sql.id(other)}`.execute(db);
    if (rows.some((row) => row.name === name)) return;
    await forLong(
      (long) =>
        sql`
        create index if not exists ${sql.id(name)} on failure_vectors
        using hnsw ((embedding::vector(${sql.lit(dimension)})) vector_cosine_ops)
        where model = ${sql.lit(model)} and dimension = ${sql.lit(dimension)}`.execute(long),
      signal,
    );
  }

  return {
    async prepare(signal) {
      await createExtensions(db);
      hasNearIndexFor = null;
      if ((await meansOf(db)).trigrams)
        await forLong(
          (long) =>
            sql`create index if not exists failure_vectors_by_trigrams on failure_vectors using gin (text gin_trgm_ops)`.execute(
              long,
            ),
          signal,
        );
      const { rows } = await sql<{ model: string; dimension: number }>`
        select model, dimension from failure_vectors where model <> '' limit 1`.execute(db);
      const [used] = rows;
      if (used !== undefined) await indexByDistance(used.model, used.dimension, signal);
    },
    limitation: async () => limitationOf(await meansOf(db)),
    async missingAfter(position, most) {
      const { rows: ends } = await sql<{ end: string | null }>`
        select max(position) as end from failure_texts where position > ${position.toString()}`.execute(db);
      const end = ends[0]?.end ?? null;
      if (end === null) return { texts: [], upTo: position };
      const rows = await db
        .selectFrom('failure_texts')
        .select(['text_id', 'class', 'message', 'position'])
        .where('position', '>', position.toString())
        .where('position', '<=', end)
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('failure_vectors').whereRef('failure_vectors.text_id', '=', 'failure_texts.text_id'))),
        )
        .orderBy('position')
        .limit(most)
        .execute();
      return {
        texts: rows.map((row) => ({ id: row.text_id, text: wholeTextOf(row) })),
        upTo: BigInt(rows.length < most ? end : (rows.at(-1)?.position ?? end)),
      };
    },
    async add(texts) {
      if (texts.length === 0) return;
      const rows = texts.map(({ id, text, terms }) => ({ text_id: id, text, terms: [...terms] }));
      await sql`
        insert into failure_vectors (text_id, text, terms, model, dimension)
        select text_id, text, array_to_tsvector(terms), '', 0
        from json_to_recordset(${JSON.stringify(rows)}::json) as given (text_id uuid, text text, terms text[])
        on conflict (text_id) do nothing`.execute(db);
    },
    async withoutVector(model, most) {
      // Two ranges of the index, which an inequality would read all of.
      const { rows } = await sql<IndexedRow>`
        (select text_id, text from failure_vectors where model < ${model} limit ${most})
        union all
        (select text_id, text from failure_vectors where model > ${model} limit ${most})
        limit ${most}`.execute(db);
      return rows.map((row) => ({ id: row.text_id, text: row.text }));
    },
    async keepVectors(model, texts, signal) {
      const dimension = texts[0]?.vector.length ?? 0;
      await indexByDistance(model, dimension, signal);
      const rows = texts.map(({ id, terms, vector }) => ({ text_id: id, terms, embedding: vectorOf(vector) }));
      await sql`
        update failure_vectors as kept
        set terms = array_to_tsvector(given.terms), embedding = given.embedding, model = ${model}, dimension = ${dimension}
        from json_to_recordset(${JSON.stringify(rows)}::json) as given (text_id uuid, terms text[], embedding real[])
        where kept.text_id = given.text_id`.execute(db);
    },
  };
}

interface IndexedRow {
  readonly text_id: string;
  readonly text: string;
}
