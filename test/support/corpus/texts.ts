import { type CorpusCase, refused, taken } from './cases.ts';

const PLANES = 17;
/** Of each plane: its first and last characters, some from between, and those that Unicode says are none. */
const planes = Array.from({ length: PLANES }, (_, plane) => {
  const within = [0x20, 0x41, 0xff, 0x1234, 0x7fff, 0xd7ff, 0xe000, 0xfdd0, 0xfdef, 0xfeff, 0xfffd, 0xfffe, 0xffff];
  const offsets = plane === 0 ? within : [0, ...within, 0xd800, 0xdfff];
  return offsets.map((offset) => String.fromCodePoint(plane * 0x1_0000 + offset));
});

const escaped = (text: string) =>
  text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** Each character as a name, as itself, and as escapes of UTF-16. */
const ofEveryPlane = planes.map((characters, plane) =>
  taken(`plane ${plane}`, `[${characters.map((each) => `{"${each}":["${each}","${escaped(each)}"]}`).join()}]`),
);

const remarkable: readonly (readonly [name: string, text: string])[] = [
  ['combining marks', `e${'\u0301'.repeat(500)}`],
  ['a letter composed and decomposed', '\u00e9 e\u0301 \ufb01 \u1e9b\u0323'],
  ['bidirectional overrides', '\u202e\u2066abc\u2069\u202c\u200f\u061c'],
  ['joiners and invisible characters', '\u200b\u200c\u200d\u2060\u00ad\u034f\u180e\u3164\u2800'],
  ['an emoji of several', '👩🏽‍❤️‍💋‍👨🏿🏴\u{e0067}\u{e0062}\u{e007f}'],
  ['letters that change their length', 'ßİŉǰΐﬀ'],
  [
    'every control character as an escape',
    Array.from({ length: 31 }, (_, code) => String.fromCharCode(code + 1)).join(''),
  ],
  ['C1 control characters', '\u0080\u0085\u009b\u009f'],
  ['what is special elsewhere', `<script>'";--\${7*7}{{7*7}}%s%n../../\r\n\u001b[31m=1+1`],
  ['quotes and backslashes', '\\"'.repeat(5_000)],
];

/** What is no UTF-8, by what is wrong with it. */
const noUtf8: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['a continuation alone', [0x80]],
  ['the last continuation alone', [0xbf]],
  ['two bytes cut short', [0xc3]],
  ['three bytes cut short', [0xe2, 0x82]],
  ['four bytes cut short', [0xf0, 0x9f, 0x98]],
  ['an overlong NUL', [0xc0, 0x80]],
  ['an overlong slash of two', [0xc0, 0xaf]],
  ['an overlong slash of three', [0xe0, 0x80, 0xaf]],
  ['an overlong slash of four', [0xf0, 0x80, 0x80, 0xaf]],
  ['a high surrogate', [0xed, 0xa0, 0x80]],
  ['a low surrogate', [0xed, 0xbf, 0xbf]],
  ['a pair of surrogates', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
  ['beyond the last plane', [0xf4, 0x90, 0x80, 0x80]],
  ['five bytes', [0xf8, 0x88, 0x80, 0x80, 0x80]],
  ['six bytes', [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80]],
  ['bytes that never are', [0xfe, 0xff]],
  ['Latin-1', [0xe9, 0x20]],
  ['UTF-16', [0x41, 0x00, 0xe9, 0x00]],
];

export const textCases: readonly CorpusCase[] = [
  ...ofEveryPlane,
  ...remarkable.flatMap(([name, text]) => [
    taken(name, JSON.stringify(text)),
    taken(`${name} as a name`, JSON.stringify({ [text]: text })),
  ]),
  ...noUtf8.flatMap(([name, bytes]) => [
    refused(name, Buffer.concat([Buffer.from('"'), Buffer.from(bytes), Buffer.from('"')])),
    refused(`${name} as a name`, Buffer.concat([Buffer.from('{"'), Buffer.from(bytes), Buffer.from('":1}')])),
  ]),
];
