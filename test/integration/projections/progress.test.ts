import { describe, expect, it } from 'vitest';
import { manualClock } from '../../support/api/manual-clock.ts';
import { histories } from '../../support/domain/transitions.ts';
import { checkpointAfter, historyOf, logOf, projectorOn } from '../../support/read-database/following.ts';
import { readTablesOfThisFile } from '../../support/read-database/of-this-file.ts';

const db = readTablesOfThisFile();
const log = logOf(historyOf('one', histories.processed));

describe('a projector', () => {
  it('tells how far it is, and whether it has seen the end of the log', async () => {
    const clock = manualClock(Date.parse('2030-01-01T00:00:00.000Z'));
    const projector = projectorOn(db(), { clock });
    expect(projector.progress()).toMatchObject({ checkpoint: null, position: null, isCaughtUp: false, movedAt: null });
    await projector.load();
    await projector.handle(log, checkpointAfter(3));
    await projector.caughtUp?.();
    expect(projector.progress()).toEqual({
      checkpoint: checkpointAfter(3),
      position: log.at(-1)?.position,
      recordedAt: log.at(-1)?.recordedAt,
      movedAt: '2030-01-01T00:00:00.000Z',
      isCaughtUp: true,
      transitions: 3,
      failures: 0,
      lastBatch: { transitions: 3, durationMs: 0 },
    });
    await projector.load();
    expect(projector.progress()).toMatchObject({ checkpoint: checkpointAfter(3), isCaughtUp: false });
  });

  it('lets transitions gather before the next batch when there were few, and not when there were many', async () => {
    const clock = manualClock();
    const rests: number[] = [];
    const sleep = async (delayMs: number) => void rests.push(delayMs);
    const projector = projectorOn(db(), { clock: { ...clock, sleep }, batching: { fullBatch: 3, intervalMs: 50 } });
    await projector.handle(log.slice(0, 2), checkpointAfter(2));
    expect(rests).toEqual([50]);
    await projector.handle(log, checkpointAfter(3));
    expect(rests).toEqual([50]);
  });
});
