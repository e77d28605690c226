import { describe, expect, it, onTestFinished } from 'vitest';
import { exchangeCounts, exchangeLimits } from '../../../../src/api/rate-limits/exchange-counts.ts';
import { createRateLimits } from '../../../../src/api/rate-limits/rate-limits.ts';
import type { SharedCounts } from '../../../../src/application/ports/shared-counts.ts';
import { createRepeatingReport } from '../../../../src/application/repeating-report.ts';
import { type ManualClock, manualClock } from '../../../support/api/manual-clock.ts';
import { sharedCountsInMemory } from '../../../support/api/shared-counts-in-memory.ts';
import { createRecordingLogger } from '../../../support/worker/recording-logger.ts';

const shop = { clientId: 'shop', subject: 'shop', roles: [], scopes: [], tokenId: null };

/** Everything that needs no time has happened. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

function processOn(shared: SharedCounts, clock: ManualClock, requestsPerMinute: number) {
  const logger = createRecordingLogger();
  const report = createRepeatingReport({ logger, clock });
  const stopping = new AbortController();
  const limits = createRateLimits({
    ...{ settings: { requestsPerMinute, actsPerMinute: 0 }, mostKeys: 100, clock },
    counted: (quota, key) => exchange.counted(quota, key),
  });
  const exchange = exchangeCounts(limits.quotas, { shared, clock, report });
  const running = exchange.run(stopping.signal);
  onTestFinished(async () => {
    stopping.abort();
    await running;
  });
  const ask = () => limits.ofPrincipal(shop, false).problem === null;
  /** How many of so many were taken. */
  const asked = (times: number) => Array.from({ length: times }, ask).filter((isTaken) => isTaken).length;
  return { asked, logger };
}

function twoProcesses(requestsPerMinute: number) {
  const clock = manualClock();
  const { of, stored } = sharedCountsInMemory();
  const [one, other] = [
    processOn(of('one'), clock, requestsPerMinute),
    processOn(of('other'), clock, requestsPerMinute),
  ];
  const passes = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(100);
      await settle();
    }
  };
  return { one, other, stored, clock, passes };
}

describe.each([1, 2, 3, 100])('a principal that may send %i requests a minute', (most) => {
  it('may send so many to all processes together, once they know of each other', async () => {
    const { one, other, passes } = twoProcesses(most);
    expect(one.asked(most)).toBe(most);
    await passes(2 * exchangeLimits.everyMs);
    expect(other.asked(most)).toBe(0);
    expect(one.asked(1)).toBe(0);
  });

  it('may send them again after the minute', async () => {
    const { one, other, passes } = twoProcesses(most);
    expect(one.asked(most)).toBe(most);
    await passes(70_000);
    expect(other.asked(most)).toBe(most);
    await passes(2 * exchangeLimits.everyMs);
    expect(one.asked(most)).toBe(0);
  });

  it('may send so many to each process while they cannot know, and no more', async () => {
    const { one, other, stored, passes } = twoProcesses(most);
    stored.isAway = true;
    await passes(1_000);
    expect([one.asked(2 * most), other.asked(2 * most)]).toEqual([most, most]);
    await passes(70_000);
    expect(one.asked(2 * most)).toBe(most);
    stored.isAway = false;
    await passes(2 * exchangeLimits.everyMs);
    expect(other.asked(2 * most)).toBe(0);
  });
});

describe('counts', () => {
  it('are exchanged in the background, never for each request', async () => {
    const { one, stored, passes } = twoProcesses(10_000);
    await passes(1_000);
    const before = stored.exchanges;
    expect(one.asked(5_000)).toBe(5_000);
    expect(stored.exchanges).toBe(before);
    await passes(100);
    expect(stored.exchanges).toBeGreaterThan(before);
  });

  it('of those who stay far below their quota are in no report', async () => {
    const { one, stored, passes } = twoProcesses(10_000);
    expect(one.asked(499)).toBe(499);
    await passes(5_000);
    expect(stored.reports).toBe(0);
    expect(one.asked(1)).toBe(1);
    await passes(1_000);
    expect(stored.reports).toBe(1);
  });

  it('of others are not gone by after a minute without news, as when the process was suspended', async () => {
    const { one, other, stored, clock, passes } = twoProcesses(3);
    expect(one.asked(3)).toBe(3);
    await passes(2_000);
    expect(other.asked(1)).toBe(0);
    stored.isAway = true;
    clock.advance(3_600_000);
    expect(other.asked(4)).toBe(3);
  });

  it('that cannot be exchanged are one line, and one when they are again', async () => {
    const { one, stored, passes } = twoProcesses(3);
    stored.isAway = true;
    await passes(30_000);
    expect(one.logger.lines.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'each process counts requests alone: the counts cannot be exchanged'],
    ]);
    stored.isAway = false;
    await passes(30_000);
    expect(one.logger.lines).toHaveLength(2);
  });
});
