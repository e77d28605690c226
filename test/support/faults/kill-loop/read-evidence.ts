import pg from 'pg';
import { type ViewedRow, viewOf } from '../../../../src/projections/events/view.ts';
import { openTestLog } from '../../event-log/eventstoredb/open-log.ts';
import type { Evidence } from '../../guarantees/evidence.ts';
import { readAllHistories } from '../../guarantees/read-histories.ts';

/** Every history, through the adapter that the system itself uses. */
export async function readHistories(logUrl: string): Promise<Evidence['histories']> {
  const log = openTestLog(logUrl);
  try {
    return await readAllHistories(log);
  } finally {
    await log.close();
  }
}

async function query<Row extends pg.QueryResultRow>(databaseUrl: string, text: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Every row, straight from PostgreSQL. */
export async function readRows(databaseUrl: string): Promise<NonNullable<Evidence['rows']>> {
  const rows = await query<ViewedRow>(databaseUrl, 'select * from events');
  return new Map(rows.map((row) => [row.id, viewOf(withTextMoments(row))]));
}

const withTextMoments = (row: ViewedRow) =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]: [string, unknown]) => [
      column,
      value instanceof Date ? value.toISOString() : value,
    ]),
  ) as ViewedRow;

/** The whole table as text, which is equal for equal tables; empty where there is no table yet. */
export async function readTable(databaseUrl: string): Promise<readonly string[]> {
  const [found] = await query<{ name: string | null }>(databaseUrl, "select to_regclass('events') as name");
  if ((found?.name ?? null) === null) return [];
  const rows = await query<{ text: string }>(databaseUrl, 'select events::text as text from events order by id');
  return rows.map(({ text }) => text);
}
