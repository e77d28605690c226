import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apiUnderTest } from '../../support/api/api-under-test.ts';
import { allServedRoutes, requestTo, textOf } from '../../support/api/served-routes.ts';

/** Of each route and media type; 1,000 and more together. */
const MUTANTS = 200;

const bodies = allServedRoutes().flatMap((route) =>
  Object.entries(route.body?.content ?? {}).map(
    ([type, { example }]) => [`${route.method} ${route.path}`, type, route, Buffer.from(textOf(example))] as const,
  ),
);

const isJsonText = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Whether some of it can be read: all, or one of its lines. */
const isReadable = (bytes: Buffer) => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return [text, ...text.split('\n')].some(isJsonText);
  } catch {
    return false;
  }
};

/** A sound body with some bytes changed, inserted, removed, doubled or cut off, so that it is no JSON any more. */
const mutantOf = (sound: Buffer) =>
  fc
    .array(
      fc.record({
        at: fc.nat(sound.length - 1),
        kind: fc.constantFrom('change', 'insert', 'remove', 'double', 'cut'),
        byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('{}[]",:\\u0-e.\0'))),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((changes) => changes.reduce(mutate, sound))
    .filter((bytes) => !isReadable(bytes));

function mutate(bytes: Buffer, { at, kind, byte }: { at: number; kind: string; byte: number }): Buffer {
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  if (kind === 'cut') return before;
  const middle = { change: [byte], insert: [byte], remove: [], double: [...after.subarray(0, 9)] }[kind] ?? [];
  return Buffer.concat([before, Buffer.from(middle), after.subarray(kind === 'change' || kind === 'remove' ? 1 : 0)]);
}

describe('a body that is not JSON', () => {
  it('is tried 1,000 times and more', () => {
    expect(bodies.length * MUTANTS).toBeGreaterThanOrEqual(1_000);
  });

  it.each(bodies)(
    'is refused, never answered with 500, and never appended: %s, %s',
    { timeout: 120_000 },
    async (...[, type, route, sound]) => {
      const { call, recorded } = apiUnderTest();
      await fc.assert(
        fc.asyncProperty(mutantOf(sound), async (payload) => {
          const answer = await call({ ...requestTo(route), headers: { 'content-type': type }, payload });
          // Of a batch of lines each is refused on its own.
          const statuses =
            answer.statusCode === 200
              ? answer.json().results.map(({ status }: { readonly status: number }) => status)
              : [answer.statusCode];
          for (const status of statuses) expect([400, 404]).toContain(status);
        }),
        { numRuns: MUTANTS },
      );
      expect(await recorded()).toEqual([]);
    },
  );
});
