import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../../../src/adapters/system/clock.ts';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it.each([1, LONGEST_TIMER_MS, LONGEST_TIMER_MS + 1, 3 * LONGEST_TIMER_MS + 5])(
  'a sleep of %i ms takes as long, however long a timer may be',
  async (delayMs) => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    let isAwake = false;
    void systemClock.sleep(delayMs).then(() => {
      isAwake = true;
    });
    await vi.advanceTimersByTimeAsync(delayMs - 1);
    expect(isAwake).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isAwake).toBe(true);
    const durations = timers.mock.calls.map(([, timerMs]) => timerMs);
    // Before the timers are real again: restored later, the spy would put the false ones back, for files that come after.
    timers.mockRestore();
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
