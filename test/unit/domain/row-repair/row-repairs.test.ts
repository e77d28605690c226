import { describe, expect, it } from 'vitest';
import { decide } from '../../../../src/domain/row-repair/decide.ts';
import { evolve, type RowRepairState } from '../../../../src/domain/row-repair/state.ts';

const now = '2030-01-31T12:00:00.000Z';
const request = (id: string) => ({ kind: 'RequestRowRepair', id, now, reason: 'wrong', requestedBy: 'ada' }) as const;
const record = (id: string) => ({ kind: 'RecordRowRepaired', id, now, revision: 3, tables: [] }) as const;

function after(...commands: readonly Parameters<typeof decide>[1][]): RowRepairState | null {
  let state: RowRepairState | null = null;
  for (const command of commands) {
    const decision = decide(state, command);
    if (!decision.ok) throw new Error(decision.rejection.code);
    for (const transition of decision.transitions) state = evolve(state, transition);
  }
  return state;
}

describe("the repairs of an event's rows", () => {
  it('may be under way at the same time, and each ends by itself', () => {
    expect(after(request('a'), request('b'), record('a'))).toEqual({ open: ['b'] });
    expect(after(request('a'), request('b'), record('b'), record('a'))).toEqual({ open: [] });
  });

  it('have an outcome once, and none without a request', () => {
    const refused = { ok: false, rejection: { code: 'row-repair-not-found' } };
    expect(decide(null, record('a'))).toEqual(refused);
    expect(decide(after(request('a'), record('a')), record('a'))).toEqual(refused);
    expect(() =>
      evolve(null, { type: 'RowRepaired', data: { id: 'a', repairedAt: now, revision: 3, tables: [] } }),
    ).toThrow('not under way');
  });
});
