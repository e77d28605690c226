import type { World } from './world.ts';

const ends = ['PROCESSED', 'DEAD', 'DISCARDED'];

/** Every event of the log is at an end, as its row tells, every row is as far as its stream, and nothing is due. */
export function isAtRest({ log, stores }: World): boolean {
  const { rows, due } = stores.tables;
  if (due.size > 0) return false;
  const revisions = new Map(log.all.map(({ stream, revision }) => [stream.slice(stream.indexOf('-') + 1), revision]));
  return [...revisions].every(([id, revision]) => {
    const row = rows.get(id);
    return row !== undefined && row.revision === String(revision) && ends.includes(row.status);
  });
}
