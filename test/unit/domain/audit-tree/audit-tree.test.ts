import { describe, expect, it } from 'vitest';
import { auditTreeAggregate } from '../../../../src/domain/audit-tree/aggregate.ts';
import type { AuditTreeState } from '../../../../src/domain/audit-tree/state.ts';

const of = (size: number, rootHash = `root of ${size}`, origin = 'log.example'): AuditTreeState => ({
  note: `${origin}\n${size}\n`,
  ...{ origin, rootHash, size },
});
const { decide, evolve } = auditTreeAggregate;
const sign = (state: AuditTreeState | null, checkpoint: AuditTreeState) =>
  decide(state, { kind: 'SignAuditCheckpoint', checkpoint });
const signed = (data: AuditTreeState) => ({ type: 'AuditCheckpointSigned', data }) as const;

describe('signing a checkpoint', () => {
  it('is recorded when it is the first, or of a larger tree', () => {
    expect(sign(null, of(3))).toEqual({ ok: true, transitions: [signed(of(3))] });
    expect(sign(of(3), of(4))).toEqual({ ok: true, transitions: [signed(of(4))] });
  });

  it('changes nothing when it was signed, whatever its signature', () => {
    expect(sign(of(3), { ...of(3), note: 'by another key' })).toEqual({ ok: true, transitions: [] });
  });

  it.each([
    ['a smaller tree', of(2)],
    ['another root', of(3, 'another root')],
    ['another log', of(4, 'root of 4', 'other.example')],
  ])('is refused for %s', (_, checkpoint) => {
    const rejection = { code: 'audit-checkpoint-contradicts', signed: { size: 3, rootHash: 'root of 3' } };
    expect(sign(of(3), checkpoint)).toEqual({ ok: false, rejection });
    expect(() => evolve(of(3), signed(checkpoint))).toThrow('cannot follow one of size 3');
  });
});
