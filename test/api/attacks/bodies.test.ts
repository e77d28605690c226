import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apiUnderTest } from '../../support/api/api-under-test.ts';
import { mutantsOf } from '../../support/api/mutants.ts';
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
        fc.asyncProperty(
          mutantsOf(sound).filter((bytes) => !isReadable(bytes)),
          async (payload) => {
            const answer = await call({
              ...requestTo(route),
              headers: { 'content-type': type },
              payload,
              as: 'corrector',
            });
            // Of a batch of lines each is refused on its own.
            const statuses =
              answer.statusCode === 200
                ? answer.json().results.map(({ status }: { readonly status: number }) => status)
                : [answer.statusCode];
            for (const status of statuses) expect([400, 404]).toContain(status);
          },
        ),
        { numRuns: MUTANTS },
      );
      expect(await recorded()).toEqual([]);
    },
  );
});
