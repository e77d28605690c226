import fc from 'fast-check';

const space = fc.constantFrom('', ' ', '\n', '\t', '\r\n', '   ');

/** White space that JSON allows around a token; the same for the same text. */
export const spaced = (text: string) => {
  const kinds = ['', ' ', '\n', '\t', '\r\n  '];
  return `${kinds[text.length % kinds.length]}${text}${kinds[(text.length * 3) % kinds.length]}`;
};

/** A string's text with some characters written as escapes, which mean the same. */
const escaped = fc
  .tuple(fc.string({ unit: 'grapheme' }), fc.infiniteStream(fc.boolean()))
  .map(([text, choices]) => {
    const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    const characters = [...text].map((character) => {
      const isPlain = choices.next().value === true && /^[^"\\\u0000-\u001f]$/u.test(character);
      return isPlain ? character : character.split('').map(escape).join('');
    });
    return `"${characters.join('')}"`;
  })
  .filter((text) => !text.includes('\\u0000'));

const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.bigInt().map(String),
);

const refusedNames = ['__proto__', 'constructor', 'prototype'];
const name = escaped.filter((text) => !refusedNames.includes(JSON.parse(text)));

/** JSON texts of every shape, with white space and escapes, that everything here takes. */
export const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(fc.constantFrom('null', 'true', 'false'), number, escaped),
    fc
      .tuple(fc.array(tie('value'), { maxLength: 4 }), space)
      .map(([items, gap]) => `[${items.map((item) => gap + item + gap).join()}]`),
    fc
      .tuple(fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }), space)
      .map(
        ([members, gap]) => `{${members.map(([text, value]) => `${gap}${text}${gap}:${gap}${value}${gap}`).join()}}`,
      ),
  ),
})).value;
