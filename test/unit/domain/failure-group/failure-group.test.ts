import { describe, expect, it } from 'vitest';
import { failureGroupAggregate } from '../../../../src/domain/failure-group/aggregate.ts';
import type { FailureGroupCommand } from '../../../../src/domain/failure-group/commands.ts';
import { evolve, type FailureGroupState, mergedInto, splitOff } from '../../../../src/domain/failure-group/state.ts';
import { explanation, ofGroup } from '../../../support/domain/failure-groups.ts';

type Given = {
  readonly [Kind in FailureGroupCommand['kind']]: Omit<Extract<FailureGroupCommand, { kind: Kind }>, 'of' | 'kind'>;
};
const by = { requestedBy: 'alice' };
const [self, other, third] = ['one', 'two', 'three'].map((name) => `${name}-0000`) as [string, string, string];
const reason = 'same cause';

/** @returns the state after the commands, of which none may be refused. */
const after = (...commands: readonly FailureGroupCommand[]): FailureGroupState | null =>
  commands.reduce<FailureGroupState | null>((state, command) => {
    const decision = failureGroupAggregate.decide(state, command);
    if (!decision.ok) throw new Error(`${command.kind} was refused: ${decision.rejection.code}`);
    return decision.transitions.reduce<FailureGroupState | null>(evolve, state);
  }, null);
const decide = (state: FailureGroupState | null, command: FailureGroupCommand) =>
  failureGroupAggregate.decide(state, command);

const resolve = (but: Partial<Given['ResolveFailureGroup']> = {}): FailureGroupCommand => ({
  ...{ kind: 'ResolveFailureGroup', of: ofGroup, note: 'deployed a fix', handlerVersion: null, ...by, ...but },
});
const merge = (into = other, beyond: readonly string[] = []): FailureGroupCommand => ({
  ...{ kind: 'MergeFailureGroup', of: ofGroup, id: self, into, beyond, reason, ...by },
});
const split = (containing = 'SKU-7', off = third): FailureGroupCommand => ({
  ...{ kind: 'SplitFailureGroup', of: ofGroup, containing, splitOff: off, reason, ...by },
});
const undo = (undone: number): FailureGroupCommand => ({
  ...{ kind: 'UndoFailureGroupAct', of: ofGroup, undone, reason, ...by },
});
const ask = (eventId = explanation.eventId): FailureGroupCommand => ({
  ...{ kind: 'RequestExplanation', of: ofGroup, eventId, now: '2030-01-31T12:00:00.000Z', ...by },
});
const explain = (but: Partial<typeof explanation> = {}): FailureGroupCommand => ({
  ...{ kind: 'ExplainFailure', of: ofGroup, explanation: { ...explanation, ...but } },
});

describe('a failure group', () => {
  it('says what it is of with the first thing that is recorded about it', () => {
    const decision = decide(null, resolve());
    expect(decision).toMatchObject({ ok: true, transitions: [{ type: 'FailureGroupOpened' }, { data: { act: 1 } }] });
    expect(decide(after(resolve()), split())).toMatchObject({ transitions: [{ data: { act: 2 } }] });
  });

  it('is merged into one other, which takes its acts from then on', () => {
    const merged = after(merge());
    expect(mergedInto(merged)).toBe(other);
    expect(decide(merged, merge())).toEqual({ ok: true, transitions: [] });
    for (const command of [resolve(), merge(third)])
      expect(decide(merged, command)).toEqual({ ok: false, rejection: { code: 'failure-group-merged', into: other } });
  });

  it.each([
    ['itself', merge(self)],
    ['one that is merged into it', merge(other, [third, self])],
  ])('is not merged into %s', (_, command) => {
    expect(decide(null, command)).toEqual({ ok: false, rejection: { code: 'merge-leads-back' } });
  });

  it('is split by what messages contain, once for each text', () => {
    const state = after(split());
    expect(splitOff(state, 'no stock of SKU-7 left')).toEqual({ id: third, containing: 'SKU-7' });
    expect(splitOff(state, 'no stock of SKU-8 left')).toBeNull();
    expect(decide(state, split())).toEqual({ ok: false, rejection: { code: 'failure-group-split-before' } });
  });

  it('takes back an act, and once', () => {
    const undone = after(resolve(), merge(), undo(2));
    expect(mergedInto(undone)).toBeNull();
    expect(undone?.acts.map(({ type }) => type)).toEqual(['FailureGroupResolved']);
    expect(decide(undone, undo(2))).toEqual({ ok: true, transitions: [] });
    expect(splitOff(after(split(), undo(1)), 'SKU-7')).toBeNull();
  });

  it.each([0, 2, 9])('takes back no act that is none: %d', (number) => {
    expect(decide(after(resolve()), undo(number))).toEqual({ ok: false, rejection: { code: 'act-not-found' } });
  });

  it('is explained once for each version of the handler', () => {
    const state = after(explain());
    expect(decide(state, explain())).toEqual({ ok: true, transitions: [] });
    expect(decide(state, explain({ handlerVersion: '2' }))).toMatchObject({
      transitions: [{ type: 'FailureExplained' }],
    });
    expect(decide(state, explain({ handlerVersion: null }))).toMatchObject({
      transitions: [{ type: 'FailureExplained' }],
    });
  });

  it('is explained again for whoever asks, and once for each request', () => {
    const asked = after(explain(), ask());
    expect(asked?.requests).toHaveLength(1);
    expect(decide(asked, ask())).toEqual({ ok: true, transitions: [] });
    const answered = after(explain(), ask(), explain({ request: 1 }));
    expect(answered?.requests).toEqual([]);
    expect(decide(answered, explain({ request: 1 }))).toEqual({ ok: true, transitions: [] });
    expect(decide(answered, ask())).toMatchObject({ transitions: [{ type: 'ExplanationRequested' }] });
  });

  it('has no history that skips an act, or begins without saying what it is of', () => {
    const [opened, resolved] = [{ type: 'FailureGroupOpened', data: ofGroup }, resolve()] as const;
    expect(() => evolve(evolve(null, opened), opened)).toThrow('cannot follow');
    const decision = decide(after(resolved), resolve());
    if (!decision.ok) throw new Error('refused');
    const [second] = decision.transitions;
    expect(() => evolve(null, second as never)).toThrow('cannot follow nothing');
    expect(() => evolve(evolve(null, opened), second as never)).toThrow('Act 2 cannot follow act 0');
  });
});
