import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLimits, scanJson } from '../../../src/api/intake/scan-json.ts';
import { jsonText, spaced } from '../../support/api/json-texts.ts';

const membersOf = (text: string) =>
  scanJson(text).members.map(({ name, start, end }) => [name, text.slice(start, end)] as const);

describe('scanning JSON', () => {
  it('finds each outermost member where JSON.parse finds it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), jsonText), (members) => {
        const texts = Object.entries(members);
        const text = spaced(
          `{${texts.map(([name, value]) => `${spaced(JSON.stringify(name))}:${spaced(value)}`).join()}}`,
        );
        const found = membersOf(text);
        expect(found.map(([name]) => name)).toEqual(texts.map(([name]) => name));
        expect(found.map(([, value]) => value)).toEqual(texts.map(([, value]) => value.trim()));
      }),
    );
  });

  it('ends where the value ends, whatever follows', () => {
    const followers = fc.constantFrom('', ' ', ',', ']', '}', '\n[1]', ',{"a":1}');
    fc.assert(
      fc.property(jsonText, followers, (value, follower) => {
        expect(scanJson(value + follower).end).toBe(value.trimEnd().length);
      }),
    );
  });

  it('says that nothing is wrong with what jsonb takes', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        expect(scanJson(text).violation).toBeNull();
      }),
    );
  });

  it('gives some answer for every other text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0d8e-+.1 \ntf', '\u0000') }), (text) => {
        const { end, members } = scanJson(text);
        expect(end).toBeLessThanOrEqual(text.length);
        for (const member of members) expect(member.start).toBeLessThanOrEqual(member.end);
      }),
    );
  });

  it.each([
    ['too-deep', '['.repeat(65) + ']'.repeat(65)],
    ['too-deep', '{"a":'.repeat(65)],
    ['member-name-refused', '{"a":{"__proto__":1}}'],
    ['member-name-refused', '{"constructor":1}'],
    ['member-name-refused', '[{"prototype" : 1}]'],
    ['member-name-refused', String.raw`{"\u005f\u005fproto__":1}`],
    ['member-name-refused', String.raw`{"_\u005Fproto_\u005f":1}`],
    ['nul-refused', String.raw`["a\u0000b"]`],
    ['nul-refused', String.raw`{"a\u0000b":1}`],
    ['lone-surrogate', String.raw`["\ud800"]`],
    ['lone-surrogate', String.raw`["\ud800\ud800"]`],
    ['lone-surrogate', String.raw`["\ud800x\udc00"]`],
    ['lone-surrogate', String.raw`["\udc00"]`],
    ['lone-surrogate', String.raw`["\uDBFF\u0041"]`],
    ['number-out-of-range', '[1e309]'],
    ['number-out-of-range', `[-1${'0'.repeat(400)}]`],
    ['number-out-of-range', '{"a":1E-401}'],
    ['number-out-of-range', '{"v":0e1073741823}'],
    ['number-out-of-range', `[-0.0e+${'9'.repeat(400)}]`],
    ['number-too-long', `0.${'1'.repeat(jsonLimits.numberCharacters)}`],
    ['too-many-members', `{${Array.from({ length: jsonLimits.members + 1 }, (_, index) => `"${index}":0`).join()}}`],
    ['too-many-members', `[${Array.from({ length: jsonLimits.members + 1 }, () => '{}').join()}]`],
    ['too-many-members', `{"a":[[${Array.from({ length: jsonLimits.members - 1 }, () => '0').join(' , ')}]]}`],
    ['too-many-members', `[${Array.from({ length: jsonLimits.members / 2 + 1 }, () => '[ ],{"a":[]}').join()}]`],
  ])('refuses what cannot be kept: %s', (code, text) => {
    expect(scanJson(text).violation?.code).toBe(code);
  });

  it.each([
    '['.repeat(64) + ']'.repeat(64),
    '{"proto":1,"constructors":2,"__proto_":3,"prototypes":4}',
    '["__proto__","constructor"]',
    String.raw`["\ud83d\ude00","\\u0000","\\ud800"]`,
    '[1e308,1e-400,-0,0.1,0e1073741822]',
    `{"a":${'1'.repeat(300)}}`,
    `{${Array.from({ length: jsonLimits.members }, (_, index) => `"${index}":0`).join()}}`,
    `[${Array.from({ length: jsonLimits.members }, () => '{ }').join()}]`,
    `{"a":[[${Array.from({ length: jsonLimits.members - 2 }, () => '0').join()}]]}`,
  ])('takes what is just within the limits: %#', (text) => {
    expect(scanJson(text).violation).toBeNull();
  });

  it.each([
    ['[1,2.5,123456789012345]', false],
    ['{"a":"12345678901234567890"}', false],
    ['[9007199254740993]', true],
    ['[1e99,-2.5E-99]', false],
    ['[1e100]', true],
    ['[1e-350]', true],
  ])('tells where a double may not hold a number: %s', (text, hasLongNumbers) => {
    expect(scanJson(text).hasLongNumbers).toBe(hasLongNumbers);
  });
});
