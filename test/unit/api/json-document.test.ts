import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactly } from '../../../src/api/intake/exact-json.ts';
import { asEnvelope, decodeText, pointerOf, readDocument } from '../../../src/api/intake/json-document.ts';
import { jsonText } from '../../support/api/json-texts.ts';

const problemOf = (text: string) => {
  const document = readDocument(text);
  return document.ok ? null : document.problem;
};

describe('a JSON document', () => {
  it('is read as JSON.parse reads it, and keeps its text', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        const document = readDocument(text);
        expect(document).toMatchObject({ ok: true, value: { text } });
        expect(document.ok && document.value.value).toEqual(JSON.parse(text));
      }),
    );
  });

  it('gives the text of a member byte for byte', () => {
    const document = readDocument('{ "a" : { "x":1,  "x":1.0e0 } , "b":[ 1 ] }');
    expect(document.ok && document.value.textOf('a')).toBe('{ "x":1,  "x":1.0e0 }');
    expect(document.ok && document.value.textOf('b')).toBe('[ 1 ]');
    expect(document.ok && document.value.textOf('c')).toBeUndefined();
  });

  it.each(['', ' ', '{', '{"a":1,}', "{'a':1}", '{"a":1}}', '[1 2]', '01', 'NaN', '\uFEFF{}', '{"a":"\n"}', 'nul'])(
    'is not this: %j',
    (text) => {
      expect(problemOf(text)).toMatchObject({ code: 'malformed-json' });
    },
  );

  it.each([
    ['/a/1/b', '{"x":[1,2],"a":[0,{"c":{},"b":1e999}]}'],
    ['/a~1b/~0', '{"a/b":{"~":1e999}}'],
    ['/a', String.raw`{"a":{"\u005f_proto__":1}}`],
    ['/b', '{"a":{"c":1},"b":{"x":1,"constructor":2}}'],
    ['', '{"constructor":2}'],
    ['/2', String.raw`["a","\"]",  "x\u0000"]`],
    ['/a', String.raw`{"a":"\ud800"}`],
  ])('names the place of what it cannot keep: %s', (pointer, text) => {
    expect(problemOf(text)).toMatchObject({ code: 'invalid-request', errors: [{ pointer }] });
  });
});

describe('a text made to take long', () => {
  // A million steps are nothing, and their square would outlast the test's time many times over.
  const many = 1_000_000;
  it.each([
    ['an open string of quotation marks', `["${String.raw`\"`.repeat(many)}${String.raw`\u0000`}`],
    ['white space', `[1${' '.repeat(many)}`],
    ['white space after strings', `[${'"a" '.repeat(many)}`],
    ['openings', '['.repeat(many)],
    ['closings', `[${']'.repeat(many)}`],
    ['zeros', `[1${'0'.repeat(many)}1]`],
    ['numbers with zeros in them', `[${`1${'0'.repeat(990)}1,`.repeat(many / 1_000)}1]`],
    ['names', `{${'"a":1,'.repeat(many)}"a":1}`],
  ])('takes as long as it is long: %s', (_what, text) => {
    expect(readDocument(text).ok).toBe(false);
  });

  it('takes as long as it is long: numbers that no double holds', () => {
    const text = `[${`0.${'0'.repeat(900)}1,`.repeat(many / 1_000)}1]`;
    expect(parseExactly(text)).toHaveLength(many / 1_000 + 1);
  });
});

describe('an envelope', () => {
  it.each([
    ['/a', '{"a":1,"a":2}'],
    ['/a', String.raw`{"b":0,"a":1,"\u0061":1}`],
  ])('holds each member once', (pointer, text) => {
    const document = readDocument(text);
    expect(document.ok && asEnvelope(document.value)).toMatchObject({
      problem: { code: 'invalid-request', errors: [{ pointer, code: 'repeated-member' }] },
    });
  });

  it('leaves what is within its members alone', () => {
    const document = readDocument('{"a":{"x":1,"x":2}}');
    expect(document.ok && asEnvelope(document.value)).toEqual({ ok: true, value: document.ok && document.value });
  });
});

describe('bytes', () => {
  it.each([
    ['a byte that begins nothing', [0x22, 0xff, 0x22]],
    ['an overlong form', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['half a character', [0x22, 0xe2, 0x82]],
    ['UTF-16', [0x7b, 0x00, 0x7d, 0xd8]],
  ])('that are not UTF-8 are refused: %s', (_what, bytes) => {
    expect(decodeText(Buffer.from(bytes))).toMatchObject({ ok: false, problem: { code: 'malformed-json' } });
  });

  it('that are UTF-8 come through unaltered', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeText(Buffer.from(text))).toEqual({ ok: true, value: text });
      }),
    );
  });
});

describe('a pointer', () => {
  it('escapes as RFC 6901 says', () => {
    expect(pointerOf('a/b', 'm~n', 0, '')).toBe('/a~1b/m~0n/0/');
  });
});
