import { expect, it } from 'vitest';
import { breakerLimits, createBreaker } from '../../../../src/application/explaining/breaker.ts';

const HOUR_MS = 60 * 60 * 1_000;

it.each([-HOUR_MS, HOUR_MS])(
  'the rest of a model that fails is as long when the clock is moved by %d ms',
  (movedMs) => {
    let [now, passed] = [Date.parse('2030-01-01T00:00:00.000Z'), 5];
    const breaker = createBreaker({ now: () => now, monotonicMs: () => passed });
    for (let times = 0; times < breakerLimits.failures; times++) {
      expect(breaker.openReason()).toBeNull();
      breaker.failed();
    }
    now += movedMs;
    passed += breakerLimits.restMs - 1;
    expect(breaker.openReason()).toContain(`not asked before ${new Date(now + 1).toISOString()}`);
    passed += 1;
    expect(breaker.openReason()).toBeNull();
  },
);
