import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorOf } from '../../../src/api/cursors.ts';
import { apiUnderTest, cursorKey } from '../../support/api/api-under-test.ts';
import { allServedRoutes, requestTo, unknownId } from '../../support/api/served-routes.ts';

const lists = allServedRoutes().filter(({ query }) => query !== undefined && 'cursor' in query.shape);
const ALTERED = 10_000;

const place = { createdAt: '2030-01-01T00:00:00.000Z', id: unknownId };
const own = { clientId: 'admin', filters: {} };
const good = cursorOf(place, own, cursorKey);
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** A good cursor with bits of what it encodes, characters, or its length changed; one of another list, or made with another key. */
const altered = fc
  .oneof(
    fc.tuple(fc.nat(Buffer.from(good, 'base64url').length * 8 - 1), fc.nat(2)).map(([bit]) => {
      const bytes = Buffer.from(good, 'base64url');
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return bytes.toString('base64url');
    }),
    fc
      .tuple(fc.nat(good.length - 1), fc.nat(good.length - 1), fc.nat(63), fc.nat(63))
      .map(([one, other, first, second]) => {
        const characters = [...good];
        characters[one] = alphabet[first] ?? '';
        characters[other] = alphabet[second] ?? '';
        return characters.join('');
      }),
    fc.nat(good.length - 1).map((length) => good.slice(0, length)),
    fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength: 40 }).map((more) => good + more),
    fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 200 }),
    fc.uuid().map((clientId) => cursorOf(place, { ...own, clientId }, cursorKey)),
    fc.uuid().map((type) => cursorOf(place, { ...own, filters: { type } }, cursorKey)),
    fc.uint8Array({ minLength: 32, maxLength: 32 }).map((key) => cursorOf(place, own, Buffer.from(key))),
    fc.uuid().map((id) => Buffer.from(JSON.stringify([place.createdAt, id])).toString('base64url')),
  )
  .filter((cursor) => cursor !== good);

describe('a cursor', () => {
  it('is taken by lists', () => {
    expect(lists.length).toBeGreaterThan(1);
  });

  it('as it was given is taken: what it asks for is looked up', async () => {
    const { call } = apiUnderTest();
    const answer = await call({ url: `/v1/events?cursor=${good}` });
    expect(answer.json().code).toBe('read-database-unavailable');
  });

  it(`that was altered is refused: ${ALTERED} of them`, { timeout: 240_000 }, async () => {
    const { call, log } = apiUnderTest();
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(altered, fc.nat(lists.length - 1), async (cursor, index) => {
        const list = lists[index] as (typeof lists)[number];
        const { statusCode, body } = await call({ ...requestTo(list), query: { cursor } });
        expect([cursor, statusCode]).toEqual([cursor, 400]);
        expect(['cursor-refused', 'invalid-request']).toContain(JSON.parse(body).code);
        refused++;
      }),
      { numRuns: ALTERED },
    );
    expect(refused).toBe(ALTERED);
    expect(await log.head()).toBeNull();
  });
});
