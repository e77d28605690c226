import { ConcurrencyConflict } from '../../src/application/failures.ts';
import type { LogSegment, LogSegments, TimeRange } from '../../src/application/ports/log-segments.ts';

/** The port without a database. */
export function createSegmentsInMemory(): LogSegments & { readonly all: LogSegment[] } {
  const all: LogSegment[] = [];
  const overlaps =
    ({ since = '', until = '\uFFFF' }: TimeRange) =>
    ({ earliest, latest }: LogSegment) =>
      latest >= since && earliest < until;
  return {
    all,
    firstOverlapping: async (times, position) =>
      all.filter(({ to }) => to.position > position).find(overlaps(times)) ?? null,
    firstWithout: async (times, position) =>
      all.filter(({ to }) => to.position > position).find((each) => !overlaps(times)(each)) ?? null,
    lastOverlapping: async (times, position) =>
      all.filter(({ to }) => to.position <= position).findLast(overlaps(times)) ?? null,
    withLeaf: async (leaf) =>
      all.find(({ leavesBefore, leaves }) => leavesBefore <= leaf && leaf < leavesBefore + leaves) ?? null,
    last: async () => all.at(-1) ?? null,
    async add(segment) {
      if ((all.at(-1)?.to.position ?? -1n) !== segment.from.position)
        throw new ConcurrencyConflict('Another process has added one there');
      all.push(segment);
    },
    async clear() {
      all.length = 0;
    },
  };
}
