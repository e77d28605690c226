import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { liveAnchoring } from '../support/simulation/anchoring.ts';
import { anchoringBugs } from '../support/simulation/anchoring-bugs.ts';

const SEEDS = 40;

describe('anchoring, simulated', () => {
  it('signs no two checkpoints that contradict each other, whatever happens to log and tree', async () => {
    const happened = new Set<string>();
    let signed = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const outcome = await liveAnchoring(seed);
      expect(outcome.breaches, `seed ${seed}`).toEqual([]);
      for (const each of outcome.happened) happened.add(each);
      signed += outcome.signed;
    }
    expect(signed).toBeGreaterThan(SEEDS);
    const ofCalls = ['write fails halfway', 'write flips a bit', 'read flips a bit', 'commit fails', 'append is lost'];
    const notAnswered = ['commit is not answered', 'append is not answered'];
    const ofThePast = ['tree restored', 'state lost', 'tiles lost', 'log restored', 'bit rot', 'killed and started'];
    for (const effect of [...ofCalls, ...notAnswered, ...ofThePast]) expect.soft(happened, effect).toContain(effect);
  });

  it.each(anchoringBugs)('notices a bug that is planted: $name', async ({ name, caughtBy }) => {
    const thread = new Worker(new URL('../support/simulation/anchoring-thread.ts', import.meta.url), {
      workerData: { bug: name, from: caughtBy, count: SEEDS },
    });
    const [caught] = await once(thread, 'message');
    expect(caught).toMatchObject({ seed: expect.any(Number), breach: expect.any(String) });
  });
});
