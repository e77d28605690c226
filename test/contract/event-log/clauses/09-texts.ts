import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  MAX_APPEND_BYTES,
  MAX_TRANSITION_BYTES,
  type ProposedTransition,
} from '../../../../src/application/ports/event-log.ts';
import { kindOf, newStream, request, transition, transitions } from '../../../support/event-log/transitions.ts';
import { type Clause, size } from '../clause.ts';

const cycle: { self?: unknown } = {};
cycle.self = cycle;

/** UTF-16 units without any order among them: lone surrogates, control characters and all. */
const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) });

export const texts: Clause = {
  title: 'texts',
  define({ log }) {
    const roundTrip = async (given: Partial<ProposedTransition>) => {
      const sent = request({ transitions: [transition(given)] });
      const outcome = kindOf(await log().append(sent));
      return { outcome, sent: sent.transitions[0], stored: (await log().readStream(sent.stream))[0] };
    };

    it.each([
      ['escaped NUL', String.raw`{"a":"\u0000"}`],
      ['NUL itself', '{"a":"\u0000"}'],
      ['a prototype', '{"__proto__":{"x":1},"constructor":{"prototype":{}}}'],
      ['numbers beyond what a double keeps', '{"a":12345678901234567890,"b":1e21,"c":-0,"d":1.0,"e":1E400}'],
      ['duplicate keys in an odd order', '{"b":1,"a":2,"b":3}'],
      ['white space', ' {\t"a" : 1\r\n} '],
      ['all planes', '{"a":"ä€😀\u{10ffff}\ufeff\u2028"}'],
      ['nothing', ''],
      ['escaped lone surrogate', String.raw`{"a":"\ud800"}`],
    ])('come back byte for byte: %s', async (_, data) => {
      const { outcome, stored } = await roundTrip({ data, metadata: data });
      expect(outcome).toBe('appended');
      expect([stored?.data, stored?.metadata]).toEqual([data, data]);
    });

    it.each([
      ['a lone surrogate', '{"a":"\ud800"}'],
      ['a BigInt', 10n],
      ['an object', { a: 1 }],
      ['a cycle', cycle],
      ['a symbol', Symbol('a')],
      ['a function', () => 'a'],
      ['null', null],
      ['nothing', undefined],
    ])('are refused where they are none: %s', async (_, given) => {
      for (const field of ['data', 'metadata', 'type', 'id', 'recordedAt'] as const) {
        const { outcome, stored } = await roundTrip({ [field]: given });
        expect([field, outcome, stored]).toEqual([field, 'refused: invalid', undefined]);
      }
    });

    it('are well-formed and come back exactly, or are refused', async () => {
      await fc.assert(
        fc.asyncProperty(anyText, anyText, async (data, metadata) => {
          const { outcome, stored } = await roundTrip({ data, metadata });
          const isFit = data.isWellFormed() && metadata.isWellFormed();
          expect(outcome).toBe(isFit ? 'appended' : 'refused: invalid');
          expect(stored && [stored.data, stored.metadata]).toEqual(isFit ? [data, metadata] : undefined);
        }),
        { numRuns: size(100, 2_000) },
      );
    });

    it.each([
      ['an empty type', { type: '' }],
      ['a type of the server itself', { type: '$metadata' }],
      ['a control character in the type', { type: 'a\u0000b' }],
      ['an id that is no UUID', { id: 'event-1' }],
      ['an id in upper case', { id: '4D2C0AF0-0F3C-4B3C-9D1E-7E8F9A0B1C2D' }],
      ['a moment without milliseconds', { recordedAt: '2026-01-01T00:00:00Z' }],
      ['a schema version of 0', { schemaVersion: 0 }],
      ['half a schema version', { schemaVersion: 1.5 }],
    ])('that name something are fit for it: %s is refused', async (_, given) => {
      expect((await roundTrip(given)).outcome).toBe('refused: invalid');
    });

    it.each([
      ['no name', { stream: '' }],
      ['a name of the server itself', { stream: '$all' }],
      ['a lone surrogate', { stream: `${newStream()}\ud800` }],
      ['a line break', { stream: `${newStream()}\n` }],
      ['a number for a name', { stream: 7 as unknown as string }],
      ['no transitions', { transitions: [] }],
      ['a plain number as revision', { expectedRevision: 0 as unknown as 'no-stream' }],
      ['a negative revision', { expectedRevision: -1n as unknown as 'no-stream' }],
      ['any revision', { expectedRevision: 'any' as unknown as 'no-stream' }],
    ])('are refused with %s', async (_, given) => {
      expect(kindOf(await log().append(request(given)))).toBe('refused: invalid');
    });

    it.each([null, undefined, 7, 'request', {}])('are refused with %s for a request', async (given) => {
      expect(kindOf(await log().append(given as never))).toBe('refused: invalid');
    });

    it('are measured in bytes of UTF-8, metadata included', async () => {
      const rest = transition({ data: '', metadata: '' });
      const room = MAX_TRANSITION_BYTES - rest.id.length - rest.type.length;
      const two = 'ä'.repeat(Math.floor(room / 4));
      const fits = { data: two, metadata: two.padEnd(two.length + (room % 4), 'x') };
      expect((await roundTrip(fits)).outcome).toBe('appended');
      expect((await roundTrip({ ...fits, data: `${two}x` })).outcome).toBe('refused: too-large');
    });

    it('are measured together in one append', async () => {
      const data = 'x'.repeat(MAX_APPEND_BYTES / 4 - 100);
      const many = request({ transitions: transitions(4, { data }) });
      expect(kindOf(await log().append(many))).toBe('appended');
      const more = request({ transitions: [...many.transitions, transition({ data: 'x'.repeat(500) })] });
      expect(kindOf(await log().append(more))).toBe('refused: too-large');
      expect((await log().readStream(many.stream)).map((each) => each.data.length)).toEqual(
        many.transitions.map((each) => each.data.length),
      );
    });
  },
};
