import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../database.ts';
import { namedIn, type Slot } from '../slots.ts';

/** The columns of a table that both copies have, and of these its key, in order: empty where the copies have none in common. */
export interface ComparedTable {
  readonly name: string;
  readonly key: readonly string[];
  readonly columns: readonly string[];
  /** That are not compared. */
  readonly left: readonly string[];
}

export interface PageAsked {
  readonly table: ComparedTable;
  /** The key that the page before ended with, as text; `null` for the first. */
  readonly after: readonly string[] | null;
  /** Rows of one copy; a page has at most twice as many. */
  readonly limit: number;
}

export interface RowDifference {
  /** The key, as text. */
  readonly key: readonly string[];
  readonly kind: 'changed' | 'extra' | 'missing';
  /** That differ; empty where the whole row does. */
  readonly columns: readonly string[];
}

export interface ComparedPage {
  /** Of either copy. */
  readonly rows: number;
  readonly differences: readonly RowDifference[];
  /** Where the next page begins; `null` after the last. */
  readonly next: readonly string[] | null;
}

/**
 * How a table can be compared, by what the database says of both copies.
 * @param notFromLog columns that are not made from the log alone. @throws {ReadDatabaseUnavailable}
 */
export async function comparedTable(
  db: Kysely<Database>,
  slot: string,
  { name, notFromLog }: { readonly name: string; readonly notFromLog: readonly string[] },
): Promise<ComparedTable> {
  const columnsIn = async (of: Slot) => {
    const { rows } = await sql<{ column: string; key: number | null }>`
      select attname as column, array_position(indkey::int2[], attnum) as key
      from pg_attribute left join pg_index on indrelid = attrelid and indisprimary
      where attrelid = to_regclass(${of === null ? sql`quote_ident(${name})` : sql`quote_ident(${of}) || '.' || quote_ident(${name})`})
        and attnum > 0 and not attisdropped
      order by attnum`.execute(db);
    return rows;
  };
  const live = await columnsIn(null);
  const beside = await columnsIn(slot);
  const isInBoth = ({ column }: { readonly column: string }) => beside.some((other) => other.column === column);
  const key = live.filter((one) => one.key !== null).sort((one, other) => (one.key ?? 0) - (other.key ?? 0));
  const all = [...new Set([...live, ...beside].map(({ column }) => column))];
  if (key.length === 0 || !key.every(isInBoth)) return { name, key: [], columns: [], left: all };
  const columns = live.filter((one) => isInBoth(one) && !notFromLog.includes(one.column)).map(({ column }) => column);
  return { name, key: key.map(({ column }) => column), columns, left: all.filter((each) => !columns.includes(each)) };
}

/** The last row has the number of all, and nothing else. */
interface FoundRow extends RowDifference {
  readonly total: string | null;
}

/** The rows of both copies in a range of keys, in two statements. */
export async function comparePage(
  db: Kysely<Database>,
  slot: string,
  { table: { name, key, columns }, after, limit }: PageAsked,
): Promise<ComparedPage> {
  const [live, beside] = [namedIn(null)(name), namedIn(slot)(name)];
  const keyOf = (alias: string) => sql.join(key.map((column) => sql.id(alias, column)));
  const keyText = (alias: string) => sql`array[${sql.join(key.map((column) => sql`${sql.id(alias, column)}::text`))}]`;
  // Of the type that the column has, so that the index is used and its order counts.
  const given = (values: readonly string[]) => sql`(${sql.join(key.map((_, at) => sql`${values[at]}`))})`;
  const isAfter = after === null ? sql`true` : sql`(${keyOf('t')}) > ${given(after)}`;
  const nth = (from: RawBuilder<unknown>) =>
    sql`(select ${keyOf('t')} from ${from} as t where ${isAfter} order by ${keyOf('t')} offset ${limit - 1} limit 1)`;
  const { rows: ends } = await sql<{ key: string[] }>`
    select ${keyText('t')} as key from (${nth(live)} union all ${nth(beside)}) as t order by ${keyOf('t')} limit 1`.execute(
    db,
  );
  const end = ends[0]?.key ?? null;
  const isInPage = end === null ? isAfter : sql`${isAfter} and (${keyOf('t')}) <= ${given(end)}`;
  const page = (from: RawBuilder<unknown>) => sql`(select * from ${from} as t where ${isInPage})`;
  const isSameKey = sql.join(
    key.map((column) => sql`${sql.id('l', column)} = ${sql.id('b', column)}`),
    sql` and `,
  );
  const [first = ''] = key;
  const [isMissing, isExtra] = [sql`${sql.id('b', first)} is null`, sql`${sql.id('l', first)} is null`];
  const isDifferent = (column: string) => sql`${sql.id('l', column)} is distinct from ${sql.id('b', column)}`;
  const { rows } = await sql<FoundRow>`
    with joined as materialized (
      select case when ${isExtra} then ${keyText('b')} else ${keyText('l')} end as key,
        case when ${isMissing} then 'missing' when ${isExtra} then 'extra' else 'changed' end as kind,
        case when ${isMissing} or ${isExtra} then '{}'::text[] else array_remove(array[${sql.join(
          columns.map((column) => sql`case when ${isDifferent(column)} then ${sql.lit(column)} end`),
        )}], null) end as columns
      from ${page(live)} as l full join ${page(beside)} as b on ${isSameKey}
    )
    select key, kind, columns, null as total from joined where kind <> 'changed' or columns <> '{}'
    union all select null, null, null, count(*) from joined`.execute(db);
  const total = rows.find((row) => row.total !== null)?.total ?? '0';
  return { rows: Number(total), differences: rows.filter((row) => row.total === null), next: end };
}
