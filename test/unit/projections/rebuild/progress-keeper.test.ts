import { expect, it } from 'vitest';
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
