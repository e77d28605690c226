import { expect, it } from 'vitest';
import type { LogPosition } from '../../../../src/application/ports/event-log.ts';
import { createProgressKeeper } from '../../../../src/projections/rebuild/progress-keeper.ts';
import { createInMemoryLog } from '../../../support/in-memory-log.ts';
import { createVirtualClock } from '../../../support/worker/virtual-clock.ts';

it('a step that fails again and again is said to make no progress, until something moves', async () => {
  const clock = createVirtualClock();
  const progress = createProgressKeeper({
    ...{ log: createInMemoryLog(), clock, report: async () => {}, onStuck: () => {} },
    limits: { everyMs: 100, stuckAfterMs: 1_000 },
  });
  const stopping = new AbortController();
  const kept = progress.keep(stopping.signal);
  for (let tries = 0; tries < 5; tries++) {
    for (const work of ['catching-up', 'comparing'] as const) progress.begin('one', work);
    progress.failed('no room');
    await clock.run(500);
  }
  expect(progress.waitsFor()).toBe('comparing: no room');
  progress.begin('one', 'exchanging');
  expect(progress.waitsFor()).toBeNull();
  stopping.abort();
  await clock.run(100);
  await kept;
});

it('a rebuild has no rate before anything of it was written, whatever the one before had', async () => {
  const clock = createVirtualClock();
  const rates: (readonly [string, number])[] = [];
  const progress = createProgressKeeper({
    ...{ log: createInMemoryLog(), clock, onStuck: () => {} },
    report: async ({ rebuildId, rate }) => void rates.push([rebuildId, Math.round(rate)]),
    limits: { everyMs: 100 },
  });
  const stopping = new AbortController();
  const kept = progress.keep(stopping.signal);
  progress.begin('one', 'filling');
  for (const position of [100n, 200n, 300n]) {
    progress.written({ position: position as LogPosition }, 100);
    await clock.run(100);
  }
  progress.begin('two', 'filling');
  await clock.run(300);
  stopping.abort();
  await clock.run(100);
  await kept;
  expect(rates.filter(([id]) => id === 'one').at(-1)?.[1]).toBeGreaterThan(0);
  expect(rates.filter(([id]) => id === 'two').every(([, rate]) => rate === 0)).toBe(true);
  expect(rates.some(([id]) => id === 'two')).toBe(true);
});
