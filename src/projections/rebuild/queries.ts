import type { ReadDatabase } from '../database.ts';
import { readModels, versionsByName } from '../index.ts';
import { utcText } from '../utc-text.ts';

export type { ReadDatabase } from '../database.ts';

/** How far a rebuild is, as the process that works on it has reported. Positions are the log's. */
export interface RebuildProgress {
  readonly rebuildId: string;
  readonly work: string;
  readonly handled: number;
  readonly head: number;
  /** From 0 to 1; never less than before. */
  readonly share: number;
  readonly transitions: number;
  readonly rowsCompared: number;
  /** Positions in a second. */
  readonly rate: number;
  readonly timeLeftSeconds: number | null;
  readonly waitsFor: string | null;
  readonly movedAt: string;
  readonly reportedAt: string;
}

/** Of the last rebuild of each read model that anything was done for. @throws {ReadDatabaseUnavailable} */
export async function rebuildProgress(db: ReadDatabase): Promise<ReadonlyMap<string, RebuildProgress>> {
  const rows = await db
    .selectFrom('rebuild_progress')
    .select([
      'projection',
      'rebuild_id',
      'work',
      'handled',
      'head',
      'share',
      'transitions',
      'rows_compared',
      'rate',
      'waits_for',
    ])
    .select([utcText('moved_at'), utcText('reported_at')])
    .execute();
  return new Map(
    rows.map((row) => {
      const [handled, head] = [Number(row.handled), Number(row.head)];
      const isFilling = row.work === 'filling' && row.rate > 0;
      const timeLeftSeconds = isFilling ? Math.ceil(Math.max(0, head - handled) / row.rate) : null;
      return [
        row.projection,
        {
          ...{
            rebuildId: row.rebuild_id,
            work: row.work,
            handled,
            head,
            share: row.share / 1_000_000,
            timeLeftSeconds,
          },
          ...{ transitions: Number(row.transitions), rowsCompared: Number(row.rows_compared), rate: row.rate },
          ...{ waitsFor: row.waits_for, movedAt: row.moved_at, reportedAt: row.reported_at },
        },
      ];
    }),
  );
}

/** The version of the rows that are read, by read model; absent where none were written yet. @throws {ReadDatabaseUnavailable} */
export async function liveVersions(db: ReadDatabase): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('projection_copies')
    .select(['projection', 'version'])
    .where('slot', '=', '')
    .execute();
  return new Map(rows.map(({ projection, version }) => [projection, version]));
}

/** Every read model by its name, with the version that a rebuild fills. */
export const newestVersions: ReadonlyMap<string, number> = new Map(
  versionsByName(readModels).map((versions) => [versions[0].name, versions.at(-1)?.version ?? versions[0].version]),
);
