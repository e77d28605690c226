import fc from 'fast-check';

/** Any UTF-16 there is, halves of surrogates included. */
export const anyText = (maxLength: number) =>
  fc.array(fc.nat(0xffff), { maxLength }).map((units) => String.fromCharCode(...units));

export const hostileNames = ['a"} 1\nevil 2', '\ud800', '\udc00', 'x\\', '\u202e', 'x,type:y', 'other', '__proto__'];

/** Names as a hostile or a foreign writer may have them. */
export const hostileName = fc.oneof(
  anyText(300),
  fc
    .array(fc.constantFrom(...'"\\\n{},=: \r\u0000\u001b\u0085\u2028a'), { maxLength: 12 })
    .map((each) => each.join('')),
  fc.constantFrom(...hostileNames),
);
