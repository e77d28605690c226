import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rebuildAggregate } from '../../../../src/domain/rebuild/aggregate.ts';
import type { OperateRebuild, RebuildCommand, RecordRebuild } from '../../../../src/domain/rebuild/commands.ts';
import type { RebuildState } from '../../../../src/domain/rebuild/state.ts';
import type { RebuildReport } from '../../../../src/domain/rebuild/transitions.ts';

const now = '2030-01-01T00:00:00.000Z';
const by = (requestedBy: string, id = 'one') => ({ id, reason: 'because', requestedBy, now });
const request = (who: string, id: string): RebuildCommand => ({ kind: 'RequestRebuild', version: 1, ...by(who, id) });
const ask = (kind: Exclude<OperateRebuild['kind'], 'PromoteRebuild'>): RebuildCommand => ({ kind, ...by('alice') });
const promote = (acceptsDifferences = false): RebuildCommand => ({
  ...{ kind: 'PromoteRebuild', acceptsDifferences },
  ...by('alice'),
});
const record = (kind: 'RecordPromoted' | 'RecordRolledBack' | 'RecordDropped'): RebuildCommand => ({
  ...{ kind, id: 'one', now },
});
const filled: RecordRebuild = { kind: 'RecordFilled', id: 'one', now, transitions: 3, durationMs: 1 };
const compared = (rowsThatDiffer: number): RecordRebuild => ({
  ...{ kind: 'RecordCompared', id: 'one', now },
  report: { differences: [], notCompared: [], rows: 10, rowsThatDiffer },
});
const exchangeFailed: RecordRebuild = { kind: 'RecordExchangeFailed', id: 'one', now, message: 'readers' };

/** The state after all of these, each of which has to be taken. */
const after = (...commands: readonly RebuildCommand[]) =>
  commands.reduce<RebuildState | null>((state, command) => {
    const decision = rebuildAggregate.decide(state, command);
    if (!decision.ok) throw new Error(`${command.kind} was refused: ${decision.rejection.code}`);
    return decision.transitions.reduce<RebuildState | null>((one, next) => rebuildAggregate.evolve(one, next), state);
  }, null);
const codeOf = (state: RebuildState | null, command: RebuildCommand) => {
  const decision = rebuildAggregate.decide(state, command);
  return decision.ok ? null : decision.rejection.code;
};

const requested = request('alice', 'one');
const toPromoted = [requested, filled, compared(0), promote(), record('RecordPromoted')];

describe('a rebuild', () => {
  it('goes from its request to the promotion, and back', () => {
    expect(after(...toPromoted)).toMatchObject({ step: 'promoted', outcome: 'promoted' });
    expect(
      after(...toPromoted, ask('RollBackRebuild'), record('RecordRolledBack'), record('RecordDropped')),
    ).toMatchObject({ step: 'dropped', outcome: 'rolled-back' });
  });

  it('is one at a time: the second to ask is told who is at it, and since when', () => {
    const decision = rebuildAggregate.decide(after(requested), request('bob', 'two'));
    expect(decision).toEqual({
      ok: false,
      rejection: { code: 'rebuild-under-way', id: 'one', step: 'filling', requestedBy: 'alice', requestedAt: now },
    });
    const over = after(requested, ask('CancelRebuild'), record('RecordDropped'));
    expect(codeOf(over, request('bob', 'two'))).toBeNull();
  });

  it('is not promoted before it was compared, nor with differences that no operator has accepted', () => {
    expect(codeOf(after(requested, filled), promote())).toBe('rebuild-step-refused');
    const different = after(requested, filled, compared(2));
    expect(codeOf(different, promote())).toBe('rebuild-differs');
    expect(rebuildAggregate.decide(different, promote(true))).toMatchObject({
      transitions: [
        { type: 'RebuildDifferencesAccepted', data: { rowsThatDiffer: 2, reason: 'because', requestedBy: 'alice' } },
        { type: 'RebuildPromotionRequested' },
      ],
    });
  });

  it('keeps what was accepted over an exchange that failed, and not over another comparison', () => {
    const failed = [requested, filled, compared(2), promote(true), exchangeFailed];
    expect(codeOf(after(...failed), promote())).toBeNull();
    expect(codeOf(after(...failed, ask('CompareRebuild'), compared(3)), promote())).toBe('rebuild-differs');
  });

  it('has nothing to roll back to before it is promoted, and after the rows of before are gone', () => {
    expect(codeOf(after(requested, filled, compared(0)), ask('RollBackRebuild'))).toBe('nothing-to-roll-back-to');
    const dropped = after(...toPromoted, ask('DropRebuild'), record('RecordDropped'));
    expect(codeOf(dropped, ask('RollBackRebuild'))).toBe('nothing-to-roll-back-to');
  });

  it('goes back to where it was when a rollback fails', () => {
    expect(after(...toPromoted, ask('RollBackRebuild'), exchangeFailed)).toMatchObject({ step: 'promoted' });
  });

  it('is not given up while the copies are exchanged: both are wanted', () => {
    const failed: RebuildCommand = { kind: 'RecordFailed', id: 'one', now, message: 'x' };
    expect(codeOf(after(requested, filled, compared(0), promote()), failed)).toBe('rebuild-step-refused');
    expect(codeOf(after(...toPromoted, ask('RollBackRebuild')), failed)).toBe('rebuild-step-refused');
    expect(after(requested, filled, failed)).toMatchObject({ step: 'dropping', outcome: 'failed' });
  });

  it('that is another one, or was never heard of, is not found', () => {
    expect(codeOf(null, ask('CancelRebuild'))).toBe('rebuild-not-found');
    expect(codeOf(after(requested), { ...by('alice', 'two'), kind: 'CancelRebuild' })).toBe('rebuild-not-found');
  });

  it('takes what a process records twice for once', () => {
    expect(rebuildAggregate.decide(after(requested, filled), filled)).toEqual({ ok: true, transitions: [] });
  });

  it('evolves with whatever it has decided', () => {
    const report: RebuildReport = { differences: [], notCompared: [], rows: 1, rowsThatDiffer: 1 };
    const any = fc.constantFrom<RebuildCommand>(
      ...[requested, request('bob', 'two'), filled, compared(0), { ...compared(1), report } as RebuildCommand],
      ...[promote(), promote(true), exchangeFailed, { kind: 'RecordFailed', id: 'one', now, message: 'x' } as const],
      ...(['CompareRebuild', 'RollBackRebuild', 'CancelRebuild', 'DropRebuild'] as const).map(ask),
      ...(['RecordPromoted', 'RecordRolledBack', 'RecordDropped'] as const).map(record),
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 30 }), (commands) => {
        let state: RebuildState | null = null;
        for (const command of commands) {
          const decision = rebuildAggregate.decide(state, command);
          if (decision.ok) for (const next of decision.transitions) state = rebuildAggregate.evolve(state, next);
        }
      }),
    );
  });
});
