import { type Kysely, sql } from 'kysely';
import { ConcurrencyConflict } from '../application/failures.ts';
import type { Checkpoint } from '../application/ports/event-log.ts';
import type { LogSegment, LogSegments, LogSegmentsReader, TimeRange } from '../application/ports/log-segments.ts';
import type { Database, LogSegmentsTable, ReadDatabase } from './database.ts';
import { storable } from './storable.ts';

/** For each some thousand transitions there is a row, so that reading all of them takes milliseconds. */
export function createLogSegmentsReader(db: ReadDatabase): LogSegmentsReader {
  const overlapping = ({ since, until }: TimeRange) => {
    let query = db.selectFrom('log_segments').selectAll();
    if (since !== undefined) query = query.where('latest', '>=', since);
    if (until !== undefined) query = query.where('earliest', '<', until);
    return query.limit(1);
  };
  const one = async (query: { executeTakeFirst(): Promise<LogSegmentsTable | undefined> }) => {
    const row = await query.executeTakeFirst();
    return row === undefined ? null : segmentOf(row);
  };
  return {
    firstOverlapping: (times, position) =>
      one(overlapping(times).where('to_position', '>', String(position)).orderBy('to_position')),
    firstWithout: ({ since = '', until = '\uFFFF' }, position) =>
      one(
        overlapping({})
          .where(({ eb, or }) => or([eb('latest', '<', since), eb('earliest', '>=', until)]))
          .where('to_position', '>', String(position))
          .orderBy('to_position'),
      ),
    lastOverlapping: (times, position) =>
      one(overlapping(times).where('to_position', '<=', String(position)).orderBy('to_position', 'desc')),
    withLeaf: (leaf) =>
      one(
        overlapping({})
          .where('leaves_before', '<=', String(leaf))
          .where(sql<boolean>`leaves_before + leaves > ${leaf}`),
      ),
    last: () => one(overlapping({}).orderBy('to_position', 'desc')),
  };
}

export const createLogSegments = (db: Kysely<Database>): LogSegments => ({
  ...createLogSegmentsReader(db as unknown as ReadDatabase),
  async add(segment) {
    const added = await db
      .insertInto('log_segments')
      .values(rowOf(segment))
      .onConflict((conflict) => conflict.doNothing())
      .returning('to_position')
      .execute();
    if (added.length === 0)
      throw new ConcurrencyConflict('Another process has added a segment of the log; read it again');
  },
  async clear() {
    await db.deleteFrom('log_segments').execute();
  },
});

const rowOf = ({ from, to, leavesBefore, leaves, earliest, latest }: LogSegment): LogSegmentsTable => ({
  from_checkpoint: from.after,
  from_position: String(from.position),
  to_checkpoint: to.after,
  to_position: String(to.position),
  leaves_before: String(leavesBefore),
  leaves: String(leaves),
  earliest: storable(earliest),
  latest: storable(latest),
});

const segmentOf = (row: LogSegmentsTable): LogSegment => ({
  from: { after: row.from_checkpoint as Checkpoint | null, position: BigInt(row.from_position) },
  to: { after: row.to_checkpoint as Checkpoint, position: BigInt(row.to_position) },
  leavesBefore: Number(row.leaves_before),
  leaves: Number(row.leaves),
  earliest: row.earliest,
  latest: row.latest,
});
