import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { liveTypePauses } from '../support/simulation/type-pauses.ts';
import { typePausesBugs } from '../support/simulation/type-pauses-bugs.ts';

const SEEDS = 25;

describe('pauses of types, simulated', () => {
  it('let no attempt begin once they are heard of, count none for waiting, and keep nothing in the end', async () => {
    const happened = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const outcome = await liveTypePauses(seed);
      expect(outcome.breaches, `seed ${seed}`).toEqual([]);
      for (const each of outcome.happened) happened.add(each);
    }
    const paused = ['begins before it hears of the pause', 'waits for the end of the pause', 'RetryScheduled'];
    const wentWrong = ['call fails', 'call is not answered', 'command is lost', 'kill', 'take over'];
    for (const effect of [...paused, ...wentWrong]) expect.soft(happened, effect).toContain(effect);
  });

  it.each(typePausesBugs)('notices a bug that is planted: $name', async ({ name, caughtBy }) => {
    const thread = new Worker(new URL('../support/simulation/type-pauses-thread.ts', import.meta.url), {
      workerData: { bug: name, from: caughtBy, count: SEEDS },
    });
    const [caught] = await once(thread, 'message');
    expect(caught).toMatchObject({ seed: expect.any(Number), breach: expect.any(String) });
  });
});
