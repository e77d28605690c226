import { describe, expect, it } from 'vitest';
import { createLogDivider } from '../../../../src/application/log-segments/divide-log.ts';
import type { EventLog } from '../../../../src/application/ports/event-log.ts';
import type { LogSegments } from '../../../../src/application/ports/log-segments.ts';
import { followedPrefixes } from '../../../../src/application/read-transitions.ts';
import { createInMemoryLog } from '../../../support/in-memory-log.ts';
import { createSegmentsInMemory } from '../../../support/segments-in-memory.ts';
import { anchorOf, appendHistories, followAndSign } from '../../../support/transparency/anchored-log.ts';
import { createTreeInMemory } from '../../../support/transparency/tree-in-memory.ts';

/** Follows the log to its end, in batches of three. */
async function divide(log: EventLog, segments: LogSegments, transitionsOfASegment: number): Promise<void> {
  const divider = createLogDivider({ log, segments, transitionsOfASegment });
  const options = { streamPrefixes: followedPrefixes, maxBatch: 3 };
  for await (const message of log.subscribeAll(await divider.load(), options)) {
    if (message.kind === 'caught-up') return;
    await divider.handle(message.kind === 'transitions' ? message.transitions : [], message.checkpoint);
  }
}

describe('a log that is divided', () => {
  it('has each transition in one segment, also when the divider is started again in between', async () => {
    const log = createInMemoryLog();
    const segments = createSegmentsInMemory();
    for (let histories = 0; histories < 60; histories += 10) {
      await appendHistories(log, histories, histories + 10);
      await divide(log, segments, 7);
    }
    let position = -1n;
    for (const { from, to, leavesBefore, leaves, earliest, latest } of segments.all) {
      expect(from.position).toBe(position);
      const within = log.all.filter((each) => each.position > from.position && each.position <= to.position);
      expect(within.length).toBeGreaterThanOrEqual(7);
      expect({ leavesBefore, leaves }).toEqual({ leavesBefore: Number(from.position) + 1, leaves: within.length });
      const times = within.map(({ recordedAt }) => recordedAt).sort();
      expect([earliest, latest]).toEqual([times[0], times.at(-1)]);
      ({ position } = to);
    }
    // What is behind the last one is less than a segment and a batch.
    expect(log.all.length - 1 - Number(position)).toBeLessThan(7 + 3);
  });

  it('does not count checkpoints of the audit tree as leaves of it', async () => {
    const log = createInMemoryLog();
    const tree = createTreeInMemory();
    const anchor = anchorOf(log, tree);
    for (let histories = 0; histories < 6; histories += 2) {
      await appendHistories(log, histories, histories + 2);
      await followAndSign(anchor, log);
    }
    const segments = createSegmentsInMemory();
    await divide(log, segments, 6);
    const [first] = segments.all;
    expect(first?.leaves).toBe(log.all.slice(0, 6).filter(({ type }) => type !== 'AuditCheckpointSigned').length);
    expect(first?.leaves).toBeLessThan(6);
  });

  it('is divided from its beginning when it was put back to an older state, or exchanged', async () => {
    const log = createInMemoryLog();
    const segments = createSegmentsInMemory();
    await appendHistories(log, 0, 20);
    await divide(log, segments, 5);
    log.restore(8);
    await divide(log, segments, 5);
    expect(segments.all.at(-1)?.to.position).toBeLessThan(8n);
    const other = createInMemoryLog();
    await appendHistories(other, 100, 120);
    await divide(other, segments, 5);
    for (const { to } of segments.all) await other.verifyCheckpoint(to.after);
    expect(segments.all.length).toBeGreaterThan(2);
  });
});
