import { beforeAll, describe, expect, it } from 'vitest';
import { isWhole } from '../../support/faults/scale.ts';
import { findBreaches } from '../../support/guarantees/find-breaches.ts';
import { type Lived, liveUnderSupervisor } from '../../support/isolation/live-under-supervisor.ts';
import { expectNeighboursToHaveKeptTheirAttempts, expectPoison, neighbours } from '../../support/isolation/poison.ts';

describe.skipIf(!isWhole())('handlers in the worker itself', () => {
  const failAlone = [
    ...['throws-out-of-a-timer', 'throws-out-of-an-abort-listener', 'pollutes-Object.prototype', 'replaces-JSON.parse'],
  ];
  const endTheWorker = ['calls-process.exit', 'floods-the-heap'];
  const late = 'forgets-a-promise-that-rejects-50-ms-after-its-end';
  let lived: Lived;
  beforeAll(async () => {
    const types = [...failAlone, late, ...endTheWorker];
    // First, so that they are in hand when the worker ends.
    const posts = [...neighbours, ...types.map((type) => ({ key: type, type }))];
    const env = { HANDLER_ISOLATION: 'none', NODE_OPTIONS: '--max-old-space-size=192' };
    lived = await liveUnderSupervisor(posts, env);
  }, 240_000);

  it.each(failAlone)('one that %s fails alone', (key) => {
    expect(lived.historyOf(key).at(-1)).toMatchObject({
      type: 'EventDeadLettered',
      data: { reason: expect.stringMatching(/^(attempts-exhausted|not-retryable)$/) },
    });
  });

  it('one that fails after its end has succeeded, and an error line says so', () => {
    expect(lived.historyOf(late).at(-1)).toMatchObject({ type: 'ProcessingSucceeded' });
    expect(lived.messages).toContain('a handler went on after its end, and failed');
  });

  it.each(endTheWorker)('one that %s ends the worker, and is dead as poison', (key) => {
    expectPoison(lived, key);
  });

  it('neighbours keep their attempts', () => {
    expectNeighboursToHaveKeptTheirAttempts(lived);
    expect(findBreaches({ acknowledged: [], histories: lived.histories, rows: null })).toEqual([]);
  });
});
