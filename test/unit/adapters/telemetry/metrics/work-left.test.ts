import { describe, expect, it } from 'vitest';
import type { WorkLeft } from '../../../../../src/adapters/telemetry/metrics/work.ts';
import { sumOf, valuesOf } from '../../../../support/metrics/exposition.ts';
import { metricsUnderTest } from '../../../../support/metrics/metrics-under-test.ts';

const some: WorkLeft = {
  deadLetters: [
    { type: 'order.placed', count: 3, oldestAgeSeconds: 10 },
    { type: 'a"}\n', count: 2, oldestAgeSeconds: 90 },
    { type: null, count: 40, oldestAgeSeconds: 50 },
  ],
  dueWork: [{ kind: 'command', count: 5, oldestAgeSeconds: 7 }],
};

function setUp(read: () => Promise<WorkLeft>) {
  const { metrics, clock, samples } = metricsUnderTest({ types: ['order.placed', 'order.paid'] });
  let readings = 0;
  metrics.showWorkLeft(() => {
    readings++;
    return read();
  });
  return { clock, samples, readings: () => readings };
}

describe('work that is left', () => {
  it('is shown by type, 0 for known types without any, and in all other types together', async () => {
    const found = await setUp(async () => some).samples();
    expect(valuesOf(found, 'eventops_dead_letters', 'type')).toEqual({
      ...{ 'order.placed': 3, 'order.paid': 0, 'a"}\uFFFD': 2, other: 40 },
    });
    expect(sumOf(found, 'eventops_dead_letters_oldest_age_seconds')).toBe(90);
    const ofKinds = { command: 5, retry: 0, lease: 0, paused: 0, unreadable: 0 };
    expect(valuesOf(found, 'eventops_due_work', 'status')).toEqual(ofKinds);
    expect(sumOf(found, 'eventops_due_work_oldest_age_seconds', { status: 'command' })).toBe(7);
  });

  it('is 0 where nothing is left', async () => {
    const found = await setUp(async () => ({ deadLetters: [], dueWork: [] })).samples();
    expect(valuesOf(found, 'eventops_dead_letters', 'type')).toEqual({ 'order.placed': 0, 'order.paid': 0, other: 0 });
    expect(sumOf(found, 'eventops_dead_letters_oldest_age_seconds')).toBe(0);
  });

  it('is absent, and all other metrics are there, while the database fails, and comes back with it', async () => {
    let isThere = false;
    const { clock, samples } = setUp(async () => {
      if (!isThere) throw new Error('no connection');
      return some;
    });
    const names = async () => new Set((await samples()).map(({ name }) => name));
    const ofWork = ['eventops_dead_letters', 'eventops_dead_letters_oldest_age_seconds', 'eventops_due_work'];
    expect([...(await names())].filter((name) => ofWork.includes(name))).toEqual([]);
    expect(await names()).toContain('eventops_build_info');
    isThere = true;
    clock.advance(5_000);
    expect([...(await names())].filter((name) => ofWork.includes(name))).toEqual(ofWork);
  });

  it('is absent when the database is late, and one question is under way, however many scrape', async () => {
    const late = Promise.withResolvers<WorkLeft>();
    const { clock, samples, readings } = setUp(() => late.promise);
    const scraped = Promise.all([samples(), samples()]);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(3_000);
    for (const found of await scraped) expect(valuesOf(found, 'eventops_due_work', 'status')).toEqual({});
    clock.advance(60_000);
    const again = samples();
    await new Promise((resolve) => setImmediate(resolve));
    expect(readings()).toBe(1);
    late.resolve(some);
    expect(valuesOf(await again, 'eventops_due_work', 'status')).toMatchObject({ command: 5 });
  });

  it('is asked for once in five seconds', async () => {
    const { clock, samples, readings } = setUp(async () => some);
    for (let scrapes = 0; scrapes < 5; scrapes++) await samples();
    expect(readings()).toBe(1);
    clock.advance(5_000);
    await samples();
    expect(readings()).toBe(2);
  });
});
