import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUnbroken } from '../../../src/application/envelope.ts';
import { deriveUuid } from '../../../src/application/event-identity.ts';
import { type RecordedTransition, revision } from '../../../src/application/ports/event-log.ts';
import { carryOut, orders } from '../../support/domain/arbitrary.ts';
import { histories } from '../../support/domain/transitions.ts';
import { sealedHistory } from '../../support/sealed-history.ts';

const actor = { clientId: 'shop', kind: 'principal', roles: ['operator'], subject: 'ada', tokenId: null } as const;
/** The second one is checked without parsing it: most that is written is of that form. */
const forms: readonly (readonly [string, readonly RecordedTransition[]])[] = [
  ['of a plan', sealedHistory(histories.discarded, undefined, { requestId: 'request-1', planId: 'plan-1' })],
  [
    'in the usual form',
    sealedHistory(histories.discarded, undefined, { actor, requestId: 'request-1', traceparent: '00-1-2-03' }),
  ],
  [
    'of an act',
    sealedHistory(histories.discarded, undefined, { actor, address: '2001:db8::1', requestId: 'request-1' }),
  ],
  ['of a process', sealedHistory(histories.discarded, undefined, { actor: { kind: 'process', process: 'worker-1' } })],
];

/** `text` with one character more, less, or another one, at a place that `at` picks. */
const edit = (text: string, at: number, letter: string, kind: 'insert' | 'remove' | 'replace') => {
  const place = at % text.length;
  return text.slice(0, place) + (kind === 'remove' ? '' : letter) + text.slice(kind === 'insert' ? place : place + 1);
};

const anIndex = fc.nat({ max: histories.discarded.length - 1 });
const aLetter = fc.oneof(fc.constantFrom(' ', '"', '0', '\\', ','), fc.string({ minLength: 1, maxLength: 1 }));
const aKind = fc.constantFrom('insert', 'remove', 'replace');

describe.each(forms)('a history %s', (_form, history) => {
  const replaced = (index: number, change: (recorded: RecordedTransition) => Partial<RecordedTransition>) =>
    history.map((recorded, at) => (at === index ? { ...recorded, ...change(recorded) } : recorded));

  it('begins with a hash of zeros', () => {
    expect(JSON.parse(history[0]?.metadata ?? '')).toMatchObject({ prevHash: '0'.repeat(64) });
  });

  it('is unbroken as it was written', () => {
    fc.assert(
      fc.property(orders, (series) => {
        expect(isUnbroken(sealedHistory(carryOut(series).history))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it.each(['data', 'metadata'] as const)('is broken by any one character of its %s', (field) => {
    fc.assert(
      fc.property(anIndex, fc.nat(), aLetter, aKind, (index, at, letter, kind) => {
        const original = history[index]?.[field] ?? '';
        const edited = edit(original, at, letter, kind);
        fc.pre(edited !== original);
        expect(isUnbroken(replaced(index, () => ({ [field]: edited })))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['stream', () => ({ stream: 'event-other' })],
    ['id', () => ({ id: deriveUuid('another') })],
    ['type', () => ({ type: 'EventReceived2' })],
    ['schemaVersion', () => ({ schemaVersion: 2 })],
    ['recordedAt', () => ({ recordedAt: '2020-01-01T00:00:00.000Z' })],
    ['revision', (recorded: RecordedTransition) => ({ revision: revision(recorded.revision + 1n) })],
  ])('is broken by another %s anywhere', (_field, change) => {
    for (const index of history.keys()) expect(isUnbroken(replaced(index, change))).toBe(false);
  });

  it.each(Object.keys(JSON.parse(history[0]?.metadata ?? '')))('is broken by metadata without %s', (key) => {
    const without = (recorded: RecordedTransition) => {
      const { [key]: _, ...rest } = JSON.parse(recorded.metadata);
      return { metadata: JSON.stringify(rest) };
    };
    for (const index of history.keys()) expect(isUnbroken(replaced(index, without))).toBe(false);
  });

  it.each(['stream', 'id', 'type', 'schemaVersion', 'recordedAt', 'correlationId', 'dataSha256', 'note'])(
    'is broken by metadata that also says %s',
    (key) => {
      const withMore = (recorded: RecordedTransition) => ({
        metadata: JSON.stringify({ ...JSON.parse(recorded.metadata), [key]: 'as it was' }),
      });
      for (const index of history.keys()) expect(isUnbroken(replaced(index, withMore))).toBe(false);
    },
  );

  it('is broken by a changed column whose old value hides in the metadata', () => {
    const hide = ({ metadata, recordedAt }: RecordedTransition) => ({
      recordedAt: '2020-01-01T00:00:00.000Z',
      metadata: JSON.stringify({ ...JSON.parse(metadata), recordedAt }),
    });
    for (const index of history.keys()) expect(isUnbroken(replaced(index, hide))).toBe(false);
  });

  it('is broken by a transition missing before its last', () => {
    for (const index of [...history.keys()].slice(0, -1)) expect(isUnbroken(history.toSpliced(index, 1))).toBe(false);
  });

  it('is broken by the transition of another history in the same place', () => {
    const foreign = sealedHistory(histories.discarded, deriveUuid('another event'));
    for (const [index, other] of foreign.entries()) {
      if (index > 0) expect(isUnbroken(history.with(index, other))).toBe(false);
    }
  });

  it('is broken when it does not begin at revision 0', () => {
    const [late] = sealedHistory(histories.received, undefined, { revision: 1 });
    if (late === undefined) throw new Error('No history');
    expect(isUnbroken([{ ...late, revision: revision(1) }])).toBe(false);
  });

  it('is broken by two transitions in each other’s place', () => {
    fc.assert(
      fc.property(anIndex, anIndex, (first, second) => {
        fc.pre(first !== second);
        const [one, other] = [history[first], history[second]];
        if (one === undefined || other === undefined) throw new Error('Beyond the history');
        expect(isUnbroken(history.with(first, other).with(second, one))).toBe(false);
      }),
    );
  });

  it('is broken by a transition put in, its own again or one of another history', () => {
    const foreign = sealedHistory(histories.discarded, deriveUuid('another event'));
    fc.assert(
      fc.property(anIndex, anIndex, fc.constantFrom(history, foreign), (at, from, source) => {
        expect(isUnbroken(history.toSpliced(at, 0, ...source.slice(from, from + 1)))).toBe(false);
      }),
    );
  });

  // The chain vouches for what is there. That its end is there is vouched for by the log as a whole.
  it('does not show by itself that its end is missing', () => {
    expect(isUnbroken(history.slice(0, -1))).toBe(true);
  });
});
