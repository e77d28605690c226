import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { liveRebuilding } from '../support/simulation/rebuilding.ts';
import { rebuildingBugs } from '../support/simulation/rebuilding-bugs.ts';

const SEEDS = 40;

describe('rebuilds, simulated', () => {
  it('make rows that are the fold of the log, and promote one copy at a time and no difference silently', async () => {
    const happened = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const outcome = await liveRebuilding(seed);
      expect(outcome.breaches, `seed ${seed}`).toEqual([]);
      for (const each of outcome.happened) happened.add(each);
    }
    const asked = ['requested', 'the second is refused', 'differences are refused', 'exchanged'];
    const operated = ['CompareRebuild', 'RollBackRebuild', 'CancelRebuild', 'DropRebuild'];
    const wentWrong = ['call fails', 'call is not answered', 'kill', 'take over', 'meddle'];
    for (const effect of [...asked, ...operated, ...wentWrong]) expect.soft(happened, effect).toContain(effect);
  });

  it.each(rebuildingBugs)('notices a bug that is planted: $name', async ({ name, caughtBy }) => {
    const thread = new Worker(new URL('../support/simulation/rebuilding-thread.ts', import.meta.url), {
      workerData: { bug: name, from: caughtBy, count: SEEDS },
    });
    const [caught] = await once(thread, 'message');
    expect(caught).toMatchObject({ seed: expect.any(Number), breach: expect.any(String) });
  });
});
