import { describe, expect, it, onTestFinished } from 'vitest';
import { createPlanWorld, type Kill } from '../../../support/worker/plans.ts';

type World = ReturnType<typeof createPlanWorld>;

/** A plan of so many dead letters, started, and a worker beside it. */
async function started(
  events: number,
  but: Parameters<World['start']>[1] = {},
  given: Parameters<typeof createPlanWorld>[0] = {},
) {
  const world = createPlanWorld(given);
  const ids = await world.deadLetters(events);
  const planId = await world.plan(ids);
  await world.start(planId, but);
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  void world.work(ending.signal);
  return { ...world, ids, planId };
}

const ended = ['ReplayPlanCompleted', 'ReplayPlanStopped', 'ReplayPlanAborted'];

async function untilEnded({ clock, runner, stepIs, planId }: Awaited<ReturnType<typeof started>>) {
  const { service } = runner();
  await service.start();
  await clock.runUntil(() => stepIs(planId, ...ended));
  await clock.finish(service.stop());
}

const once = (ids: readonly string[]) => new Map(ids.map((id) => [id, 1]));
const sorted = (acts: ReadonlyMap<string, number>) => [...acts].map(([id, times]) => `${id} ${times}`).toSorted();

describe('a plan that runs', () => {
  it('replays each of its members once, and is completed', async () => {
    const world = await started(40);
    await untilEnded(world);
    expect(sorted(world.actsOf(world.planId))).toEqual(sorted(once(world.ids)));
    expect((await world.stateOf(world.planId))?.completed).toMatchObject({ done: 40, dead: 0, skipped: 0 });
  });

  it('takes no other member before its canary has ended', async () => {
    const world = await started(40, { canary: { events: 3, mayFail: 0 } });
    const { service } = world.runner();
    await service.start();
    await world.clock.runUntil(() => world.actsOf(world.planId).size > 3);
    const firstBeyond = world.log.all.findLastIndex(({ type }) => type === 'ReplayRequested');
    const succeeded = world.log.all.slice(0, firstBeyond).filter(({ type }) => type === 'ProcessingSucceeded');
    expect(succeeded.length).toBeGreaterThanOrEqual(3);
    await world.clock.finish(service.stop());
  });

  it('stops after a canary that fails, and says which events did', async () => {
    const world = await started(40, { canary: { events: 3, mayFail: 0 }, stopWhenFailed: { atLeast: 30, share: 1 } });
    world.setFailing((index) => index === 1);
    await untilEnded(world);
    const state = await world.stateOf(world.planId);
    expect(world.actsOf(world.planId).size).toBe(3);
    expect(state).toMatchObject({ step: 'stopped', stop: { by: 'canary', failures: 1, settled: 3 } });
    expect(state?.stop?.failed).toEqual([{ eventId: world.ids[1], error: 'TypeError: order has no lines' }]);
  });

  it('goes on after a failed canary when an operator resumes it, and does not count those failures again', async () => {
    const world = await started(40, { canary: { events: 3, mayFail: 0 } });
    world.setFailing((index) => index < 3);
    await untilEnded(world);
    await world.operate(world.planId, 'ResumePlan');
    await untilEnded(world);
    expect(sorted(world.actsOf(world.planId))).toEqual(sorted(once(world.ids)));
    expect(await world.stateOf(world.planId)).toMatchObject({ step: 'completed', completed: { done: 37, dead: 3 } });
  });

  it('stops itself at the threshold, with no more replayed than was under way', async () => {
    const world = await started(100, {
      stopWhenFailed: { atLeast: 5, share: 0.2 },
      canary: { events: 10, mayFail: 10 },
    });
    world.setFailing((index) => index % 10 < 3);
    await untilEnded(world);
    const { stop } = (await world.stateOf(world.planId)) ?? {};
    expect(stop).toMatchObject({ by: 'threshold' });
    expect(stop?.failures).toBeGreaterThanOrEqual(5);
    // Of the first 17 members 5 fail; the batch of 10 after the canary is what is under way then.
    expect(world.actsOf(world.planId).size).toBeLessThanOrEqual(20);
  });

  it('goes no faster than its rate', async () => {
    const world = await started(120, { ratePerSecond: 20, canary: { events: 0, mayFail: 0 } });
    const { service } = world.runner();
    await service.start();
    await world.clock.run(5_000);
    const acts = world.actsOf(world.planId).size;
    expect(acts).toBeLessThanOrEqual(105);
    expect(acts).toBeGreaterThan(60);
    await world.clock.finish(service.stop());
  });

  it('waits while fresh events wait for a worker', async () => {
    const world = await started(40);
    world.setBacklog(100);
    const { service } = world.runner();
    await service.start();
    await world.clock.run(2_000);
    expect(world.actsOf(world.planId).size).toBe(0);
    world.setBacklog(0);
    await world.clock.runUntil(() => world.stepIs(world.planId, 'ReplayPlanCompleted'));
    await world.clock.finish(service.stop());
  });

  it('leaves alone what has changed since the set was frozen, and says so', async () => {
    const world = await started(12);
    const [first, second] = world.ids as [string, string];
    await world.handle(first, { kind: 'DiscardEvent', reason: 'by hand', requestedBy: 'bob' });
    await world.handle(second, { kind: 'ReplayEvent', permission: 'safe', reason: 'by hand', requestedBy: 'bob' });
    await untilEnded(world);
    expect(world.actsOf(world.planId)).not.toContain(first);
    expect(sorted(world.actsOf(world.planId))).toEqual(sorted(once(world.ids.slice(2))));
    expect((await world.stateOf(world.planId))?.completed).toMatchObject({ done: 10, skipped: 2 });
    const skipped = world.log.all.find(({ type }) => type === 'ReplayPlanMembersSkipped');
    expect(skipped?.data).toContain('changed since the set was frozen; it is DISCARDED');
  });

  it('goes on without an event whose history is broken', async () => {
    let broken = '';
    const world = await started(12, {}, { damages: (id) => id === broken });
    broken = world.ids[4] as string;
    await untilEnded(world);
    expect(sorted(world.actsOf(world.planId))).toEqual(sorted(once(world.ids.filter((id) => id !== broken))));
    const skipped = world.log.all.find(({ type }) => type === 'ReplayPlanMembersSkipped');
    expect(skipped?.data).toContain('its stored history is not what was written');
  });

  it.each(['PausePlan', 'AbortPlan'] as const)('takes no further member after %s', async (kind) => {
    const world = await started(80, { ratePerSecond: 50 });
    const { service } = world.runner();
    await service.start();
    await world.clock.runUntil(() => world.actsOf(world.planId).size > 20);
    await world.operate(world.planId, kind);
    // What a look had taken already is finished.
    await world.clock.run(200);
    const { size } = world.actsOf(world.planId);
    await world.clock.run(5_000);
    expect(world.actsOf(world.planId).size).toBe(size);
    if (kind === 'PausePlan') {
      await world.operate(world.planId, 'ResumePlan');
      await world.clock.runUntil(() => world.stepIs(world.planId, 'ReplayPlanCompleted'));
      expect(sorted(world.actsOf(world.planId))).toEqual(sorted(once(world.ids)));
    }
    await world.clock.finish(service.stop());
  });

  it('takes no further member in the look in which it sees that it was paused', async () => {
    let beforeTaking = async () => {};
    const world = await started(
      40,
      { ratePerSecond: 500, canary: { events: 0, mayFail: 0 } },
      { beforeTaking: () => beforeTaking() },
    );
    await world.handle(world.ids[0] as string, { kind: 'DiscardEvent', reason: 'by hand', requestedBy: 'bob' });
    beforeTaking = async () => {
      beforeTaking = async () => {};
      await world.operate(world.planId, 'PausePlan');
    };
    const { service } = world.runner({ membersAtOnce: 4 });
    await service.start();
    await world.clock.run(1_000);
    expect(world.actsOf(world.planId).size).toBe(3);
    await world.clock.finish(service.stop());
  });

  it('goes on at its rate when the clock is set back', async () => {
    const world = await started(40);
    const { service } = world.runner();
    await service.start();
    await world.clock.runUntil(() => world.actsOf(world.planId).size > 0);
    world.setClockBack(3_600_000);
    await world.clock.run(10_000);
    expect(world.stepIs(world.planId, 'ReplayPlanCompleted')).toBe(true);
    await world.clock.finish(service.stop());
  });

  it('goes on beside one whose history cannot be read', async () => {
    let damaged = 'none';
    const world = createPlanWorld({ damages: (stream) => stream.endsWith(damaged) });
    const [first, second] = [
      await world.plan(await world.deadLetters(3)),
      await world.plan(await world.deadLetters(5)),
    ];
    for (const id of [first, second]) await world.start(id);
    damaged = first;
    const working = new AbortController();
    onTestFinished(() => working.abort());
    void world.work(working.signal);
    const { service } = world.runner();
    await service.start();
    await world.clock.run(10_000);
    expect(world.stepIs(second, 'ReplayPlanCompleted')).toBe(true);
    expect(world.actsOf(first).size).toBe(0);
    expect(service.unhealthyReason()).not.toBeNull();
    await world.clock.finish(service.stop());
  });

  it('is looked for once in a second where none runs', async () => {
    const world = createPlanWorld();
    const { service, looks } = world.runner();
    await service.start();
    await world.clock.run(10_000);
    expect(looks()).toBeLessThanOrEqual(11);
    await world.clock.finish(service.stop());
  });

  it('discards each of its members once, when that is what it is for', async () => {
    const world = createPlanWorld();
    const ids = await world.deadLetters(25);
    const planId = await world.plan(ids, 'discard');
    await world.start(planId);
    await untilEnded({ ...world, ids, planId });
    expect(sorted(world.actsOf(planId))).toEqual(sorted(once(ids)));
    expect((await world.stateOf(planId))?.completed).toMatchObject({ done: 25 });
  });
});

describe('another process that goes on with a plan', () => {
  it('judges no canary again that it finds behind it, and so waits for nothing that is under way', async () => {
    const world = createPlanWorld();
    const planId = await world.plan(await world.deadLetters(40));
    await world.start(planId, { ratePerSecond: 10, canary: { events: 3, mayFail: 0 } });
    const working = new AbortController();
    void world.work(working.signal);
    const first = world.runner();
    await first.service.start();
    await world.clock.runUntil(() => world.actsOf(planId).size > 3);
    working.abort();
    await world.clock.run(500);
    await world.clock.finish(first.service.stop());
    const before = world.actsOf(planId).size;
    const second = world.runner();
    await second.service.start();
    await world.clock.run(2_000);
    expect(world.actsOf(planId).size).toBeGreaterThan(before);
    await world.clock.finish(second.service.stop());
  });
});

describe('a process that is killed while it carries a plan out', () => {
  /** 15 replays, one record of what was skipped, and the end of the plan. */
  const appends = Array.from({ length: 17 }, (_, index) => index + 1);

  it.each([
    { lag: 0, parity: 0 },
    { lag: 3, parity: 1 },
  ])(
    'leaves a plan that another one completes, with rows that are up to $lag transitions behind',
    async ({ lag, parity }) => {
      for (const append of appends) {
        const kill: Kill = { append, when: append % 2 === parity ? 'before' : 'after' };
        let looks = 0;
        const behind = () => (looks++ % 3 === 0 ? 0 : lag);
        const world = await started(16, { canary: { events: 3, mayFail: 0 } }, { behind });
        const { clock, planId, ids } = world;
        await world.handle(ids[7] as string, { kind: 'DiscardEvent', reason: 'by hand', requestedBy: 'bob' });
        const first = world.runner({ membersAtOnce: 4 }, kill);
        await first.service.start();
        await clock.runUntil(() => first.isDead());
        const second = world.runner({ membersAtOnce: 4 });
        await second.service.start();
        await clock.runUntil(() => world.stepIs(planId, 'ReplayPlanCompleted'));
        await clock.finish(second.service.stop());
        const wanted = once(ids.filter((_, index) => index !== 7));
        expect(sorted(world.actsOf(planId)), `killed ${kill.when} append ${append}`).toEqual(sorted(wanted));
        expect((await world.stateOf(planId))?.completed).toMatchObject({ done: 15, dead: 0, skipped: 1 });
      }
    },
  );
});
