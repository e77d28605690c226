import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/application/ports/event-log.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { beginWithoutCheckpoint } from '../../../src/worker/begin-without-checkpoint.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { byClient, posted } from '../../support/worker/posting.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';
import { createSeededRandom } from '../../support/worker/seeded-random.ts';
import { createVirtualClock } from '../../support/worker/virtual-clock.ts';

const LOOKED_MS = 250;

/** A log with two events, the places after each, and due work that has come to one of them. */
async function twoEvents() {
  const clock = createVirtualClock();
  const log = createInMemoryLog();
  const useCases = createUseCases({ log, clock, random: createSeededRandom(1) });
  const places: (Checkpoint | null)[] = [];
  for (const key of ['first', 'second']) {
    await useCases.receiveEvent(posted(key), byClient);
    places.push((await log.head())?.checkpoint ?? null);
  }
  const [afterFirst = null, afterSecond = null] = places;
  const rows = { areComplete: false, checkpoint: null as Checkpoint | null, takenUp: 0 };
  const begin = () =>
    beginWithoutCheckpoint(
      {
        ...{ clock, log, logger: createRecordingLogger(), pageRows: 10 },
        ...{ hastenAgainAfterMs: LOOKED_MS, lookIfCaughtUpEveryMs: LOOKED_MS },
        dueWork: {
          isCaughtUp: async () => rows.areComplete,
          hasten: async () => {
            rows.takenUp++;
            return [];
          },
        },
        dueWorkCheckpoint: async () => rows.checkpoint,
      },
      new AbortController().signal,
    );
  return { clock, rows, begin, afterFirst, afterSecond };
}

describe('a dispatcher without a checkpoint', () => {
  it('begins where complete rows end, and has what is in them taken up at once', async () => {
    const { clock, rows, begin, afterFirst } = await twoEvents();
    Object.assign(rows, { areComplete: true, checkpoint: afterFirst });
    expect(await begin()).toBe(afterFirst);
    await clock.run(0);
    expect(rows.takenUp).toBe(1);
  });

  it("begins at the log's head while the rows are not complete", async () => {
    const { begin, afterSecond } = await twoEvents();
    expect(await begin()).toBe(afterSecond);
  });

  it('has rows taken up when they have come to where it began, and not when they are only said to be complete', async () => {
    const { clock, rows, begin, afterFirst, afterSecond } = await twoEvents();
    await begin();
    await clock.run(LOOKED_MS);
    // The projector was at the end of the log before the second event, and says so now.
    Object.assign(rows, { areComplete: true, checkpoint: afterFirst });
    await clock.run(LOOKED_MS);
    expect(rows.takenUp).toBe(0);
    rows.checkpoint = afterSecond;
    await clock.run(LOOKED_MS);
    expect(rows.takenUp).toBe(1);
  });

  it('waits for rows of a log that was put back to be those of this one', async () => {
    const { clock, rows, begin, afterSecond } = await twoEvents();
    await begin();
    Object.assign(rows, { areComplete: true, checkpoint: 'another-log/7' as Checkpoint });
    await clock.run(LOOKED_MS);
    expect(rows.takenUp).toBe(0);
    rows.checkpoint = afterSecond;
    await clock.run(LOOKED_MS);
    expect(rows.takenUp).toBe(1);
  });
});
