import fc from 'fast-check';
import { expect, it } from 'vitest';
import { apiUnderTest } from '../support/api/api-under-test.ts';
import { mutantsOf } from '../support/api/mutants.ts';

const sound = Buffer.from(
  String.raw`{"type":"order.placed","source":"shop","payload":{"id":"é\u00e9\"","n":[1,-2.5e3,true,null],"o":{"p":{}}}}`,
);

const isJson = (bytes: Buffer) => {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    return true;
  } catch {
    return false;
  }
};

const mutant = mutantsOf(sound).filter((bytes) => !isJson(bytes));

it('a body that is not JSON gets 400, never 500, and nothing is appended', async () => {
  const { post, recorded } = apiUnderTest();
  await fc.assert(
    fc.asyncProperty(mutant, async (body) => {
      const answer = await post(body);
      expect(answer.statusCode).toBe(400);
      expect(answer.json().code).toMatch(/^(malformed-json|invalid-request)$/);
    }),
    { numRuns: 1_000 },
  );
  expect(await recorded()).toEqual([]);
});

it('any JSON at all gets 201 or 400, never 500', async () => {
  const { post } = apiUnderTest();
  const members = fc.record(
    {
      type: fc.oneof(fc.constant('a'), fc.jsonValue()),
      source: fc.oneof(fc.constant('b'), fc.jsonValue()),
      payload: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(members, fc.jsonValue()), async (body) => {
      expect([201, 400]).toContain((await post(JSON.stringify(body))).statusCode);
    }),
    { numRuns: 500 },
  );
});
