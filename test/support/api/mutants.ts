import fc from 'fast-check';

/** Of a sound body: with some bytes changed, inserted, removed, doubled or cut off. Most are no JSON any more. */
export const mutantsOf = (sound: Buffer): fc.Arbitrary<Buffer> =>
  fc
    .array(
      fc.record({
        at: fc.nat(sound.length - 1),
        kind: fc.constantFrom('change', 'insert', 'remove', 'double', 'cut'),
        byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('{}[]",:\\u0-e.\0'))),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((changes) => changes.reduce(mutate, sound));

function mutate(bytes: Buffer, { at, kind, byte }: { at: number; kind: string; byte: number }): Buffer {
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  if (kind === 'cut') return before;
  const middle = { change: [byte], insert: [byte], remove: [], double: [...after.subarray(0, 9)] }[kind] ?? [];
  return Buffer.concat([before, Buffer.from(middle), after.subarray(kind === 'change' || kind === 'remove' ? 1 : 0)]);
}
