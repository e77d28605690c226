import { describe, expect, it } from 'vitest';
import { createDeadlines } from '../../../src/worker/deadlines.ts';
import { createVirtualClock } from '../../support/worker/virtual-clock.ts';

/** A clock whose next sleeps take longer than asked for, as when the process is stopped or its thread is held. */
function createStallingClock() {
  const clock = createVirtualClock();
  let heldUpMs = 0;
  return {
    ...clock,
    stall: (durationMs: number) => {
      heldUpMs += durationMs;
    },
    sleep: async (delayMs: number, signal?: AbortSignal) => {
      const extraMs = heldUpMs;
      heldUpMs = 0;
      await clock.sleep(delayMs + extraMs, signal);
    },
  };
}

describe('a deadline', () => {
  it('strikes once it has passed, and only whom it concerns', async () => {
    const clock = createVirtualClock();
    const struck: string[] = [];
    const deadlines = createDeadlines<string>(clock, (item) => struck.push(item));
    deadlines.add('one', 1_000);
    deadlines.add('other', 2_000);
    deadlines.add('done', 1_000);
    deadlines.remove('done');
    await clock.run(950);
    expect(struck).toEqual([]);
    await clock.run(100);
    expect(struck).toEqual(['one']);
    await clock.run(5_000);
    expect(struck).toEqual(['one', 'other']);
  });

  it.each([3_600_000, -3_600_000])("is none of the machine's clock: set by %i ms", async (jumpMs) => {
    const clock = createVirtualClock();
    let offMs = 0;
    const jumping = { ...clock, now: () => clock.now() + offMs };
    const struck: string[] = [];
    createDeadlines<string>(jumping, (item) => struck.push(item)).add('one', 1_000);
    offMs = jumpMs;
    await clock.run(900);
    expect(struck).toEqual([]);
    await clock.run(200);
    expect(struck).toEqual(['one']);
  });

  it('does not count the time that the process itself was held up', async () => {
    const clock = createStallingClock();
    const struck: string[] = [];
    createDeadlines<string>(clock, (item) => struck.push(item)).add('one', 2_000);
    await clock.run(500);
    clock.stall(3_000);
    await clock.run(4_400);
    expect(struck).toEqual([]);
    await clock.run(800);
    expect(struck).toEqual(['one']);
  });

  it('spares the answer that comes with the next turn of the event loop', async () => {
    const clock = createVirtualClock();
    const struck: string[] = [];
    const sleeps: number[] = [];
    const deadlines = createDeadlines<string>(
      {
        monotonicMs: clock.monotonicMs,
        sleep: async (delayMs) => {
          sleeps.push(delayMs);
          if (delayMs === 0) deadlines.remove('one');
          await clock.sleep(delayMs);
        },
      },
      (item) => struck.push(item),
    );
    deadlines.add('one', 1_000);
    await clock.run(2_000);
    expect(sleeps).toContain(0);
    expect(struck).toEqual([]);
  });
});
