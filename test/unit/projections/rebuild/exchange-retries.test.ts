import { expect, it } from 'vitest';
import type { RebuildState } from '../../../../src/domain/rebuild/state.ts';
import { events } from '../../../../src/projections/events/read-model.ts';
import type { BothCopies } from '../../../../src/projections/rebuild/both-copies.ts';
import type { Copies } from '../../../../src/projections/rebuild/copies.ts';
import { createSteps, type StepDependencies } from '../../../../src/projections/rebuild/steps.ts';
import { manualClock } from '../../../support/api/manual-clock.ts';

const promoting: RebuildState = {
  ...{ id: 'one', version: 1, step: 'promoting', outcome: null, filled: null, report: null },
  ...{ isAccepted: false, steps: [] },
};

it('an exchange that fails is tried as often as its own limit says, and then left to an operator', async () => {
  const pauses: number[] = [];
  const retried: unknown[] = [];
  const recorded: unknown[] = [];
  const copies: Partial<Copies> = {
    find: async () => ({ live: { version: 1, rebuildId: null }, beside: { version: 1, rebuildId: 'one' } }),
    exchange: async () => {
      throw new Error('canceling statement due to lock timeout');
    },
  };
  const both = { areInStep: () => true, endWith: (work: () => Promise<void>) => work() } as BothCopies;
  const steps = createSteps({
    ...{ projection: 'events', versions: [events], lease: null, limits: { exchanges: 3, pauseMs: 500 } },
    copies: copies as Copies,
    followers: { inStep: async () => ({ both }), alone: async () => {}, stop: async () => {} },
    progress: { begin: () => {} },
    clock: { ...manualClock(), sleep: async (delayMs: number) => void pauses.push(delayMs) },
    onRetried: (error: unknown) => retried.push(error),
  } as unknown as StepDependencies & { onRetried: (error: unknown) => void });
  const take = () => steps.take(promoting, async (record) => void recorded.push(record), new AbortController().signal);
  for (let tries = 0; tries < 2; tries++) await take();
  expect([retried.length, recorded, pauses]).toEqual([2, [], [500, 500]]);
  await take();
  expect(recorded).toEqual([{ kind: 'RecordExchangeFailed', message: 'canceling statement due to lock timeout' }]);
});
