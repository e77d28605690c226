import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replayPlanAggregate } from '../../../../src/domain/replay-plan/aggregate.ts';
import type { ReplayPlanCommand, StartPlan } from '../../../../src/domain/replay-plan/commands.ts';
import { gateAfter, isAtGate, isOverThreshold } from '../../../../src/domain/replay-plan/pacing.ts';
import type { ReplayPlanState } from '../../../../src/domain/replay-plan/state.ts';

const now = '2030-01-01T00:00:00.000Z';
const byAda = { requestedBy: 'ada', now };
const members = ['one', 'two', 'three'].map((eventId) => ({ eventId, generation: 0, revision: 3 }));
const plan = {
  ...{ action: 'replay', blocked: [], filter: { type: 'order.placed' }, missing: [], reason: 'it is back' },
  ...{ sample: ['one'], setHash: 'hash', size: 3 },
  counts: { byAge: [], byGroup: [], byReplays: [], byType: [] },
} as const;
const request = (but: Partial<typeof plan> | { readonly size: number } = {}): ReplayPlanCommand => ({
  ...{ kind: 'RequestPlan', mostEvents: 10, ...byAda },
  plan: structuredClone({ ...plan, ...but }) as never,
});
const add = (first: number, some = members): ReplayPlanCommand => ({ kind: 'AddMembers', first, members: some, now });
const frozen: ReplayPlanCommand = { kind: 'RecordFrozen', now };
const start = (but: Partial<StartPlan> = {}): ReplayPlanCommand => ({
  ...{ kind: 'StartPlan', left: 3, overlap: null, ...byAda },
  start: { canary: { events: 1, mayFail: 0 }, ratePerSecond: 10, stopWhenFailed: { atLeast: 2, share: 0.5 } },
  ...but,
});
const operate = (kind: 'PausePlan' | 'ResumePlan' | 'AbortPlan'): ReplayPlanCommand => ({
  ...{ kind, reason: 'because', ...byAda },
});
const stopped = (by: 'canary' | 'threshold', failures: number): ReplayPlanCommand => ({
  ...{ kind: 'RecordStopped', now },
  stop: { by, failed: [], failures, settled: failures },
});
const completed: ReplayPlanCommand = { kind: 'RecordCompleted', now, result: { dead: 0, done: 3, skipped: 0 } };
const skipped: ReplayPlanCommand = { kind: 'RecordSkipped', now, members: [{ eventId: 'one', why: 'changed' }] };

const decide = (state: ReplayPlanState | null, command: ReplayPlanCommand) => {
  const decision = replayPlanAggregate.decide(state, command);
  const next = decision.ok
    ? decision.transitions.reduce<ReplayPlanState | null>((one, each) => replayPlanAggregate.evolve(one, each), state)
    : state;
  return { decision, next };
};
const after = (...commands: readonly ReplayPlanCommand[]) =>
  commands.reduce<ReplayPlanState | null>((state, command) => {
    const { decision, next } = decide(state, command);
    if (!decision.ok) throw new Error(`${command.kind} was refused: ${decision.rejection.code}`);
    return next;
  }, null);
const rejectionOf = (state: ReplayPlanState | null, command: ReplayPlanCommand) => {
  const { decision } = decide(state, command);
  return decision.ok ? null : decision.rejection;
};

const ready = [request(), add(0), frozen];
const running = [...ready, start()];

describe('a replay plan', () => {
  it('is frozen once all of its members are there', () => {
    const half = after(request(), add(0, members.slice(0, 2)));
    expect(rejectionOf(half, frozen)).toMatchObject({ code: 'replay-plan-step-refused', step: 'freezing' });
    expect(rejectionOf(half, start())).toMatchObject({ code: 'replay-plan-step-refused', step: 'freezing' });
    expect(after(request(), add(0, members.slice(0, 2)), add(2, members.slice(2)), frozen)?.step).toBe('frozen');
  });

  it('takes members once, in order, and no more than it said', () => {
    expect(after(request(), add(0), add(0))?.added).toBe(3);
    expect(rejectionOf(after(request()), add(1))).not.toBeNull();
    expect(rejectionOf(after(request({ size: 2 })), add(0))).not.toBeNull();
  });

  it('is none without members, and none beyond the most that is allowed', () => {
    expect(rejectionOf(null, request({ size: 0 }))).toMatchObject({ code: 'replay-plan-empty' });
    expect(rejectionOf(null, request({ size: 11 }))).toEqual({ code: 'replay-plan-too-large', mostEvents: 10 });
    expect(rejectionOf(null, request({ size: 10 }))).toBeNull();
  });

  it('is started once, and not when its set is gone or another plan has part of it', () => {
    expect(rejectionOf(after(...running), start())).toEqual({ code: 'replay-plan-step-refused', step: 'running' });
    expect(rejectionOf(after(...ready), start({ left: 0 }))).toEqual({ code: 'replay-plan-set-gone', size: 3 });
    const overlap = { planId: 'other', events: 2 };
    expect(rejectionOf(after(...ready), start({ overlap }))).toEqual({ code: 'replay-plan-overlaps', ...overlap });
  });

  it.each<[string, readonly ReplayPlanCommand[], readonly string[]]>([
    ['freezing', [request()], ['AbortPlan']],
    ['frozen', ready, ['StartPlan', 'AbortPlan']],
    ['running', running, ['PausePlan', 'AbortPlan', 'RecordSkipped', 'RecordStopped', 'RecordCompleted']],
    ['paused', [...running, operate('PausePlan')], ['ResumePlan', 'AbortPlan']],
    ['stopped', [...running, stopped('threshold', 2)], ['ResumePlan', 'AbortPlan']],
    ['aborted', [...running, operate('AbortPlan')], []],
    ['completed', [...running, completed], []],
  ])('when %s takes what follows from there, and refuses everything else with its state', (step, history, taken) => {
    const state = after(...history);
    const acts = [start(), ...(['PausePlan', 'ResumePlan', 'AbortPlan'] as const).map(operate)];
    const all = [...acts, skipped, stopped('threshold', 2), completed];
    expect(all.filter((each) => rejectionOf(state, each) === null).map(({ kind }) => kind)).toEqual(taken);
    for (const each of all.filter(({ kind }) => !taken.includes(kind)))
      expect(rejectionOf(state, each)).toEqual({ code: 'replay-plan-step-refused', step });
  });

  it('judges again, after it was resumed, only what came since', () => {
    const resumed = after(...running, stopped('threshold', 2), operate('ResumePlan'));
    expect(isOverThreshold(resumed as ReplayPlanState, { done: 0, dead: 2, skipped: 0 })).toBe(false);
    expect(isOverThreshold(resumed as ReplayPlanState, { done: 0, dead: 4, skipped: 0 })).toBe(true);
    expect(resumed?.isCanaryForgiven).toBe(false);
    expect(after(...running, stopped('canary', 1), operate('ResumePlan'))?.isCanaryForgiven).toBe(true);
    const paused = after(...running, operate('PausePlan'), operate('ResumePlan'));
    expect(paused?.forgiven).toEqual({ failures: 0, settled: 0 });
  });

  it('never leads to what it cannot take, whatever is asked for in whatever order', () => {
    const any = fc.constantFrom<ReplayPlanCommand>(
      ...[request(), add(0, members.slice(0, 2)), add(2, members.slice(2)), frozen, start(), completed, skipped],
      ...[operate('PausePlan'), operate('ResumePlan'), operate('AbortPlan'), stopped('canary', 1)],
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 30 }), (commands) => {
        let state: ReplayPlanState | null = null;
        for (const command of commands) {
          const { decision, next } = decide(state, command);
          if (!decision.ok) expect(next).toBe(state);
          state = next;
        }
        if (state !== null && state.start !== null) expect(state.added).toBe(state.requested.size);
      }),
    );
  });
});

describe('the pace of a plan', () => {
  it('is the canary, then batches of 10, 50, 250, up to the rate, and no gate beyond', () => {
    const gates = (canary: number, rate: number) => {
      const found: number[] = [];
      for (let gate = gateAfter(0, canary, rate); gate !== null; gate = gateAfter(gate, canary, rate)) found.push(gate);
      return found;
    };
    expect(gates(10, 1_000)).toEqual([10, 20, 70, 320]);
    expect(gates(10, 10)).toEqual([10]);
    expect(gates(0, 100)).toEqual([10, 60]);
    expect(gates(0, 5)).toEqual([]);
  });

  it('waits at each gate and nowhere else', () => {
    const waits = Array.from({ length: 400 }, (_, issued) => issued).filter((issued) => isAtGate(issued, 10, 1_000));
    expect(waits).toEqual([10, 20, 70, 320]);
  });

  it('is stopped by as many failures as are asked for, when they are such a share', () => {
    const state = after(...running) as ReplayPlanState;
    const over = (done: number, dead: number) => isOverThreshold(state, { done, dead, skipped: 0 });
    expect([over(0, 1), over(0, 2), over(2, 2), over(3, 2)]).toEqual([false, true, true, false]);
  });
});
