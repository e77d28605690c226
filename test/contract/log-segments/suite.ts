import type { Kysely } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConcurrencyConflict } from '../../../src/application/failures.ts';
import type { Checkpoint } from '../../../src/application/ports/event-log.ts';
import type { LogSegment } from '../../../src/application/ports/log-segments.ts';
import type { Database } from '../../../src/projections/database.ts';
import { createLogSegments } from '../../../src/projections/log-segments.ts';

export interface LogSegmentsUnderTest {
  readonly db: Kysely<Database>;
  close(): Promise<void>;
}

const at = (minute: number) => `2030-01-01T00:0${minute}:00.000Z`;

/** The segment after `before`, with ten leaves and times between two minutes. */
const segment = (number: number, earliest: number, latest: number): LogSegment => ({
  from: {
    after: number === 0 ? null : (`checkpoint ${number}` as Checkpoint),
    position: BigInt(number) * 2n ** 40n - 1n,
  },
  to: { after: `checkpoint ${number + 1}` as Checkpoint, position: BigInt(number + 1) * 2n ** 40n - 1n },
  leavesBefore: number * 10,
  leaves: 10,
  earliest: at(earliest),
  latest: at(latest),
});

/** The third was recorded by a clock that is behind. */
const all = [segment(0, 0, 2), segment(1, 2, 4), segment(2, 1, 1), segment(3, 5, 6)] as const;
const [first, second, third, fourth] = all;

/** What readers by time rely on, whichever PostgreSQL keeps it. */
export function logSegmentsSuite(open: () => Promise<LogSegmentsUnderTest>): void {
  let opened: LogSegmentsUnderTest;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());

  const segments = () => createLogSegments(opened.db);
  beforeEach(() => segments().clear());

  describe('segments of the log', () => {
    const added = async () => {
      for (const each of all) await segments().add(each);
      return segments();
    };

    it('are given back as they were added, and none before the first', async () => {
      expect(await segments().last()).toBeNull();
      expect(await (await added()).last()).toEqual(fourth);
      expect(await segments().withLeaf(0)).toEqual(first);
      expect(await segments().withLeaf(19)).toEqual(second);
      expect(await segments().withLeaf(40)).toBeNull();
    });

    it('are found by the times that are in them, in the order of the log', async () => {
      const { firstOverlapping, firstWithout, lastOverlapping } = await added();
      expect(await firstOverlapping({ since: at(3) }, -1n)).toEqual(second);
      expect(await firstOverlapping({ since: at(2) }, first.to.position)).toEqual(second);
      expect(await firstOverlapping({ since: at(1), until: at(2) }, first.to.position)).toEqual(third);
      expect(await firstOverlapping({ since: at(7) }, -1n)).toBeNull();
      expect(await lastOverlapping({ until: at(2) }, fourth.to.position)).toEqual(third);
      expect(await lastOverlapping({ until: at(5) }, fourth.to.position)).toEqual(third);
      expect(await lastOverlapping({ until: at(6) }, fourth.to.position)).toEqual(fourth);
      expect(await lastOverlapping({ until: at(6) }, third.from.position)).toEqual(second);
      expect(await firstWithout({ since: at(2), until: at(5) }, -1n)).toEqual(third);
      expect(await firstWithout({ since: at(2), until: at(5) }, third.to.position)).toEqual(fourth);
      expect(await firstWithout({ since: at(5) }, -1n)).toEqual(first);
      expect(await firstWithout({ until: at(2) }, first.to.position)).toEqual(second);
      expect(await firstWithout({ since: at(0), until: at(7) }, -1n)).toBeNull();
      expect(await lastOverlapping({ until: at(0) }, fourth.to.position)).toBeNull();
    });

    it('follow each other: of two that were added behind the same one, the first stays', async () => {
      await segments().add(first);
      await segments().add(second);
      const other = { ...second, to: { ...second.to, position: second.to.position + 5n } };
      await expect(segments().add(other)).rejects.toThrow(ConcurrencyConflict);
      expect(await segments().last()).toEqual(second);
    });
  });
}
