import { beforeAll, describe, expect, it } from 'vitest';
import { isWhole } from '../../support/faults/scale.ts';
import { findBreaches } from '../../support/guarantees/find-breaches.ts';
import { type Lived, liveUnderSupervisor } from '../../support/isolation/live-under-supervisor.ts';
import { expectNeighboursToHaveKeptTheirAttempts, expectPoison, neighbours } from '../../support/isolation/poison.ts';

describe.skipIf(!isWhole())('a handler that kills the worker, which a supervisor starts again', () => {
  let lived: Lived;
  beforeAll(async () => {
    lived = await liveUnderSupervisor([...neighbours, { key: 'killer', type: 'kills-its-worker' }], {});
  }, 240_000);

  it('is tried alone from the third time on, and dead as poison after three ends that it was alone with', () => {
    expectPoison(lived, 'killer');
    expect(lived.historyOf('killer').filter(({ type }) => type === 'ProcessingStarted')).toHaveLength(5);
    expect(lived.starts).toBe(1 + 5);
  });

  it('is counted where operators look', () => {
    expect(lived.poisoned).toBe(1);
  });

  it('costs its neighbours no attempt', () => {
    expectNeighboursToHaveKeptTheirAttempts(lived);
    expect(findBreaches({ acknowledged: [], histories: lived.histories, rows: null })).toEqual([]);
  });
});
