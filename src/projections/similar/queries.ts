import { type RawBuilder, sql } from 'kysely';
import type { FailureText } from '../../application/similar/failure-text.ts';
import { wholeTextOf } from '../../application/similar/failure-text.ts';
import type { ReadDatabase } from '../database.ts';
import { type Means, meansOf } from './means.ts';
import { vectorOf } from './vector.ts';

/** What is looked for. */
export interface Asked extends FailureText {
  readonly handler: string | null;
  readonly terms: readonly string[];
  /** `null` where none could be made: words decide alone then. */
  readonly vector: readonly number[] | null;
  readonly model: string;
  readonly leastSimilarity: number;
  /** Whose own failure it is: it is not similar to itself. */
  readonly eventId: string | null;
}

export interface SimilarGroup {
  /** Of the group under which it is shown. */
  readonly groupId: string;
  readonly class: string;
  readonly text: string;
  /** From 0 to 1: how high it stands in the lists of what is near, with what is recent before what is not. */
  readonly score: number;
  /** From 0 to 2, of the vectors; `null` where there is none to compare with. */
  readonly distance: number | null;
  readonly isSameClass: boolean;
  readonly isSameHandler: boolean;
}

const similarLimits = {
  /** Of each of the lists. */
  candidates: 40,
  /** Without pgvector: so many of those that share most words are compared one by one. */
  compared: 1_000,
  /** Of one text, those that were seen last: the same words may come from many places in the code. */
  groupsOfText: 20,
} as const;
export type SimilarLimits = { readonly [Limit in keyof typeof similarLimits]: number };

/** Reciprocal rank fusion: what a list says counts by these, over the rank and a constant that keeps the first few close. */
const RANK_CONSTANT = 10;
const weights = { near: 2, terms: 1, trigrams: 0.5 } as const;
/** How far down a failure of long ago may go, and after how long it has lost most of that. */
const RECENCY = { share: 0.25, days: 30 } as const;
const SAME = { class: 0.05, handler: 0.05 } as const;
/** Without a vector: how similar the spelling of two texts has to be. */
const LEAST_TRIGRAMS = 0.5;

/**
 * Groups of failures like the one that is asked for, the most similar first; none where nothing is similar enough.
 * @throws {ReadDatabaseUnavailable}
 */
export async function findSimilar(
  db: ReadDatabase,
  asked: Asked,
  { limit, now, limits }: { readonly limit: number; readonly now: Date; readonly limits?: Partial<SimilarLimits> },
): Promise<readonly SimilarGroup[]> {
  const means = await meansOf(db);
  const most = { ...similarLimits, ...limits };
  const rows = await db
    .selectFrom(similarTo(asked, means, { limit, now, most }).as('similar'))
    .selectAll()
    .execute();
  return rows.map((row) => ({
    ...{ groupId: row.root_id, class: row.class, text: row.text },
    ...{ score: Number(row.score), distance: row.distance === null ? null : Number(row.distance) },
    ...{ isSameClass: row.is_same_class, isSameHandler: row.is_same_handler },
  }));
}

interface Row {
  readonly root_id: string;
  readonly class: string;
  readonly text: string;
  readonly score: string;
  readonly distance: string | null;
  readonly is_same_class: boolean;
  readonly is_same_handler: boolean;
}

interface Bounds {
  readonly limit: number;
  readonly now: Date;
  readonly most: SimilarLimits;
}

function similarTo(asked: Asked, means: Means, { limit, now, most }: Bounds) {
  const { handler, leastSimilarity } = asked;
  const text = wholeTextOf(asked);
  const spelled = means.trigrams ? sql`similarity(kept.text, ${text})` : sql`0`;
  const best = sql.lit((weights.near + weights.terms + weights.trigrams) / (RANK_CONSTANT + 1));
  return sql<Row>`(
    with ${lists(asked, text, { means, most })},
    fused as (
      select text_id, sum(weight / (${sql.lit(RANK_CONSTANT)} + rank)) / ${best} as score
      from listed group by text_id
    ),
    compared as (
      select text_id, kept.text, fused.score, ${spelled} as spelled, ${distanceOf(asked, means)} as distance
      from fused join failure_vectors as kept using (text_id)
    ),
    near_enough as (
      select text_id, text, score, distance from compared
      where case when distance is null then spelled >= ${sql.lit(LEAST_TRIGRAMS)} else distance <= ${1 - leastSimilarity} end
    ),
    members as (
      select near_enough.*, found.root_id, found.class, found.handler, found.last_seen_at
      from near_enough cross join lateral (
        select groups.root_id, groups.class, groups.handler, groups.last_seen_at
        from failure_texts as texts
        join failure_groups as first on first.id = texts.group_id
        -- One list of ids and no "or", for which all groups would be read for each text.
        join failure_groups as groups on groups.id = any(
          array[first.id] || array(select (split ->> 'id')::uuid from jsonb_array_elements(first.splits) as split)
        )
        where texts.text_id = near_enough.text_id and groups.events > 0
          and (${asked.eventId}::uuid is null or groups.events > 1 or groups.last_event_id <> ${asked.eventId}::uuid)
        order by groups.last_seen_at desc limit ${sql.lit(most.groupsOfText)}
      ) as found
    ),
    scored as (
      select root_id, class, text, distance, class = ${asked.class} as is_same_class,
        coalesce(handler = ${handler}::text, false) as is_same_handler,
        score * (1
          - ${sql.lit(RECENCY.share + SAME.class + SAME.handler)}
          + ${sql.lit(RECENCY.share)} * exp(-greatest(0, extract(epoch from ${now.toISOString()}::timestamptz - last_seen_at))
              / ${sql.lit(RECENCY.days * 86_400)})
          + case when class = ${asked.class} then ${sql.lit(SAME.class)} else 0 end
          + case when handler = ${handler}::text then ${sql.lit(SAME.handler)} else 0 end
        ) as score
      from members
    )
    select root_id, class, text, round(score::numeric, 4) as score, round(distance::numeric, 4) as distance,
      is_same_class, is_same_handler
    from (select distinct on (root_id) * from scored order by root_id, score desc) as best
    order by score desc, root_id limit ${limit}
  )`;
}

/** What each way of looking finds, best first. All of it in the index, where there is one. */
function lists(
  { terms, vector, model }: Asked,
  text: string,
  { means, most: { candidates, compared } }: { readonly means: Means; readonly most: SimilarLimits },
): RawBuilder<unknown> {
  const ranked = (order: RawBuilder<unknown>, weight: number) =>
    sql`text_id, row_number() over (order by ${order}) as rank, ${sql.lit(weight)}::real as weight`;
  const most = sql.lit(candidates);
  const query = sql`${queryOf(terms)}::tsquery`;
  const byTerms = sql`
    (select text_id, ts_rank(terms, ${query}) as fit from failure_vectors where terms @@ ${query}
      order by fit desc limit ${sql.lit(compared)})`;
  const near =
    vector === null
      ? sql`(select null::uuid as text_id, 0 as fit where false)`
      : nearest(model, vector, { means, most });
  const parts = [
    sql`select ${ranked(sql`fit desc, text_id`, weights.terms)} from (select * from by_terms limit ${most}) as found`,
    sql`select ${ranked(sql`fit, text_id`, weights.near)} from near`,
  ];
  // Spelling is slow to compare. Where there is an index of vectors, it only orders what the other lists found.
  const spelled =
    vector !== null && means.vector
      ? sql`failure_vectors where text_id in (select text_id from near union all (select text_id from by_terms limit ${most})) and`
      : sql`failure_vectors where`;
  if (means.trigrams)
    parts.push(sql`
      select ${ranked(sql`fit desc, text_id`, weights.trigrams)} from (
        select text_id, similarity(text, ${text}) as fit from ${spelled} text % ${text}
        order by fit desc limit ${most}
      ) as found`);
  return sql`by_terms as ${byTerms}, near as ${near}, listed as (${sql.join(parts, sql` union all `)})`;
}

const nearest = (
  model: string,
  vector: readonly number[],
  { means, most }: { readonly means: Means; readonly most: RawBuilder<unknown> },
) =>
  means.vector
    ? sql`
      (select text_id, embedding::vector(${sql.lit(vector.length)}) <=> ${vectorText(vector)} as fit from failure_vectors
        where ${isLike(model, vector)} order by fit limit ${most})`
    : sql`
      (select text_id, ${exactDistance(vector)} as fit from by_terms join failure_vectors as kept using (text_id)
        where ${isLike(model, vector)} order by fit limit ${most})`;

function distanceOf({ vector, model }: Asked, means: Means): RawBuilder<unknown> {
  if (vector === null) return sql`null::double precision`;
  const distance = means.vector
    ? sql`nullif(kept.embedding::vector(${sql.lit(vector.length)}) <=> ${vectorText(vector)}, 'NaN')`
    : exactDistance(vector);
  return sql`case when ${isLike(model, vector)} then ${distance} end`;
}

/** As the index has it. Others cannot be compared with it: a server behind the same name may give vectors of another dimension than before. */
const isLike = (model: string, vector: readonly number[]) =>
  sql`model = ${sql.lit(model)} and dimension = ${sql.lit(vector.length)}`;

const vectorText = (vector: readonly number[]) =>
  sql`${`[${vectorOf(vector).join(',')}]`}::vector(${sql.lit(vector.length)})`;

const exactDistance = (vector: readonly number[]) => sql`(
  select 1 - sum(one * other) from unnest(kept.embedding, ${`{${vectorOf(vector).join(',')}}`}::real[]) as pair (one, other)
)`;

/** Any of the terms, each as one lexeme. Without a term nothing is found. */
const queryOf = (terms: readonly string[]) =>
  terms.map((term) => `'${term.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`).join(' | ');
