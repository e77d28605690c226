import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../../src/adapters/system/clock.ts';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Of the timers that are set from now on. No spy: one that is restored later would put false timers back for other files. */
function recordDurations(): readonly unknown[] {
  const durations: unknown[] = [];
  const { setTimeout: set } = globalThis;
  const recording = (wake: () => void, timerMs?: number) => {
    durations.push(timerMs);
    return set(wake, timerMs);
  };
  globalThis.setTimeout = recording as typeof setTimeout;
  onTestFinished(() => {
    if (globalThis.setTimeout === recording) globalThis.setTimeout = set;
  });
  return durations;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it.each([1, LONGEST_TIMER_MS, LONGEST_TIMER_MS + 1, 3 * LONGEST_TIMER_MS + 5])(
  'a sleep of %i ms takes as long, however long a timer may be',
  async (delayMs) => {
    const durations = recordDurations();
    let isAwake = false;
    void systemClock.sleep(delayMs).then(() => {
      isAwake = true;
    });
    await vi.advanceTimersByTimeAsync(delayMs - 1);
    expect(isAwake).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isAwake).toBe(true);
    for (const timerMs of durations) expect(timerMs).toBeLessThanOrEqual(LONGEST_TIMER_MS);
  },
);

it('a long sleep ends at once when it is aborted, and leaves no timer', async () => {
  const ending = new AbortController();
  const asleep = systemClock.sleep(2 * LONGEST_TIMER_MS, ending.signal);
  await vi.advanceTimersByTimeAsync(LONGEST_TIMER_MS + 1);
  ending.abort();
  await asleep;
  expect(vi.getTimerCount()).toBe(0);
});
