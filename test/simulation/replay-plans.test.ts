import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { liveReplayPlans } from '../support/simulation/replay-plans.ts';
import { replayPlanBugs } from '../support/simulation/replay-plans-bugs.ts';

const SEEDS = 25;

describe('replay plans, simulated', () => {
  it('act on each member once or skip it with a reason, and stop by their rules, whatever happens', async () => {
    const happened = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const outcome = await liveReplayPlans(seed);
      expect(outcome.breaches, `seed ${seed}`).toEqual([]);
      for (const each of outcome.happened) happened.add(each);
    }
    const operated = ['ReplayPlanPaused', 'ReplayPlanResumed', 'ReplayPlanAborted', 'a start is refused'];
    const ended = ['ReplayPlanCompleted', 'stopped by canary', 'stopped by threshold', 'ReplayPlanMembersSkipped'];
    const wentWrong = ['call fails', 'call is not answered', 'kill', 'take over', 'meddle', 'downstream changes'];
    for (const effect of [...operated, ...ended, ...wentWrong]) expect.soft(happened, effect).toContain(effect);
  });

  it.each(replayPlanBugs)('notices a bug that is planted: $name', async ({ name, caughtBy }) => {
    const thread = new Worker(new URL('../support/simulation/replay-plans-thread.ts', import.meta.url), {
      workerData: { bug: name, from: caughtBy, count: SEEDS },
    });
    const [caught] = await once(thread, 'message');
    expect(caught).toMatchObject({ seed: expect.any(Number), breach: expect.any(String) });
  });
});
