import { streamOf } from '../application/event-identity.ts';
import type { WritableDatabase } from '../projections/database.ts';

export const lostEventLimits = {
  /** Rows that are held against the log: those that changed last. */
  lookedAt: 1_000,
  named: 10,
} as const;
export type LostEventLimits = { readonly [Name in keyof typeof lostEventLimits]: number };

interface LostEventSources {
  /** Whether the log has what a row has seen. */
  hasTransition(stream: string, revision: bigint): boolean | Promise<boolean>;
  readonly db: WritableDatabase;
}

/**
 * What the rows have seen and the log lacks, by stream and revision, the last change first; `null` when it lacks nothing
 * of what was looked at. @throws {LogUnavailable} @throws {ReadDatabaseUnavailable}
 */
export async function lostEvents(
  { hasTransition, db }: LostEventSources,
  limits: Partial<LostEventLimits> = {},
): Promise<string | null> {
  const { lookedAt, named } = { ...lostEventLimits, ...limits };
  const rows = await db
    .selectFrom('events')
    .select(['id', 'revision'])
    .orderBy('updated_at', 'desc')
    .limit(lookedAt)
    .execute();
  const lost: string[] = [];
  for (const row of rows) {
    const stream = streamOf(row.id);
    if (!(await hasTransition(stream, BigInt(row.revision)))) lost.push(`${stream} up to revision ${row.revision}`);
  }
  if (lost.length === 0) return null;
  const others = lost.length > named ? `, and ${lost.length - named} more` : '';
  return `${lost.slice(0, named).join(', ')}${others}`;
}
