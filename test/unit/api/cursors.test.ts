import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorOf, placeOf } from '../../../src/api/cursors.ts';

const key = Buffer.alloc(32, 'key');
const list = { clientId: 'shop', filters: { status: 'DEAD' } };
const place = { createdAt: '2030-01-01T00:00:00.000Z', id: '091e518e-cffb-86e7-867b-354763635bbd' };

describe('a cursor', () => {
  it('gives back the place of its own list', () => {
    const dates = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
    fc.assert(
      fc.property(dates, fc.uuid(), (date, id) => {
        const any = { createdAt: date.toISOString(), id };
        expect(placeOf(cursorOf(any, list, key), list, key)).toEqual(any);
      }),
    );
  });

  it('means nothing to a list with other filters, of another client, or with another key', () => {
    const cursor = cursorOf(place, list, key);
    expect(placeOf(cursor, { ...list, filters: {} }, key)).toBeNull();
    expect(placeOf(cursor, { ...list, filters: { status: 'DEAD', type: 'a' } }, key)).toBeNull();
    expect(placeOf(cursor, { ...list, clientId: 'other' }, key)).toBeNull();
    expect(placeOf(cursor, list, Buffer.alloc(32, 'other'))).toBeNull();
  });

  it('is refused with any bit changed', () => {
    const cursor = cursorOf(place, list, key);
    const changed = [...Buffer.from(cursor)].flatMap((_, index) =>
      [1, 2, 4, 8, 16, 32, 64, 128].map((bit) => {
        const bytes = Buffer.from(cursor);
        bytes[index] = (bytes[index] ?? 0) ^ bit;
        return bytes.toString('latin1');
      }),
    );
    expect(changed.filter((each) => placeOf(each, list, key) !== null)).toEqual([]);
  });

  it('is refused cut, extended or made up', () => {
    const cursor = cursorOf(place, list, key);
    fc.assert(
      fc.property(fc.string(), (any) => {
        expect(placeOf(any, list, key)).toBeNull();
        if (any !== '') expect(placeOf(cursor + any, list, key)).toBeNull();
      }),
    );
    for (let length = 0; length < cursor.length; length++)
      expect(placeOf(cursor.slice(0, length), list, key)).toBeNull();
  });

  it('names a place that can be, even with a right mark', () => {
    for (const any of [
      { ...place, createdAt: 'now' },
      { ...place, id: "'; drop table events; --" },
    ])
      expect(placeOf(cursorOf(any, list, key), list, key)).toBeNull();
  });
});
