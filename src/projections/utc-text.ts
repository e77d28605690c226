import { sql } from 'kysely';

/**
 * A moment as RFC 3339 in UTC, under the column's own name. Not left to the driver, because the form in which it gets one is
 * a setting of the role, of the database or of a pooler (`datestyle`, `timezone`).
 */
export const utcText = <Column extends string>(column: Column) =>
  sql<string>`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`.as(column);
