import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundedLabels,
  isIdentifier,
  printable,
} from '../../../../../src/adapters/telemetry/metrics/bounded-labels.ts';
import { anyText } from '../../../../support/metrics/hostile-names.ts';

describe('labels whose values others choose', () => {
  it('are as many as the bound, whatever comes, and other', () => {
    const labels = boundedLabels({ most: 3 });
    const given = ['a', 'b', 'a', 'c', 'd', 'a', 'e'];
    expect(given.map(labels.of)).toEqual(['a', 'b', 'a', 'c', 'other', 'a', 'other']);
  });

  it('are kept for what is known from the start, also when others come first', () => {
    const labels = boundedLabels({ most: 3, known: ['order.placed', 'order.paid'] });
    for (let index = 0; index < 1_000; index++) labels.of(`flood.${index}`);
    expect(labels.of('order.paid')).toBe('order.paid');
    expect(labels.of('flood.1')).toBe('other');
    expect(labels.known).toEqual(['order.placed', 'order.paid', 'other']);
  });

  it('are no more than the bound when more are known', () => {
    expect(boundedLabels({ most: 1, known: ['a', 'b'] }).known).toEqual(['a', 'other']);
  });

  it('can be of a certain form alone', () => {
    const classes = boundedLabels({ most: 3, isTaken: isIdentifier });
    const given = ['TypeError', 'Not a class', 'A,type:B', 'x'.repeat(200), '', 'Fehlerä'];
    expect(given.map(classes.of)).toEqual(['TypeError', 'other', 'other', 'other', 'other', 'other']);
  });

  it('print, in one line, and are not long', () => {
    expect(printable('a\u001b[31m\n\u0085\u2028\u202e\ud800b')).toBe('a\uFFFD[31m\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDb');
    expect(printable('x'.repeat(101))).toBe(`${'x'.repeat(100)}…`);
    fc.assert(
      fc.property(anyText(300), (text) => {
        const shown = printable(text);
        expect(shown).toMatch(/^[ -~\uFFFD]*…?$/);
        expect(shown.length).toBeLessThanOrEqual(101);
      }),
    );
  });
});
