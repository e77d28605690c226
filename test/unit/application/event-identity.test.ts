import fc from 'fast-check';
import { validate, version } from 'uuid';
import { describe, expect, it } from 'vitest';
import { deriveUuid, eventIdOf, eventIdOfStream, streamOf } from '../../../src/application/event-identity.ts';

const parts = fc.array(fc.string({ unit: 'binary' }), { maxLength: 4 });

describe('a derived id', () => {
  it('is a valid UUID of version 8', () => {
    fc.assert(
      fc.property(parts, (each) => {
        const id = deriveUuid(...each);
        expect(validate(id)).toBe(true);
        expect(version(id)).toBe(8);
      }),
    );
  });

  it('is equal for equal parts and for no others', () => {
    fc.assert(
      fc.property(parts, parts, (some, others) => {
        expect(deriveUuid(...some) === deriveUuid(...others)).toBe(JSON.stringify(some) === JSON.stringify(others));
      }),
    );
  });

  it('depends on where one part ends and the next begins', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(), fc.nat(), (text, first, second) => {
        const [one, other] = [first % (text.length + 1), second % (text.length + 1)];
        fc.pre(one !== other);
        expect(deriveUuid(text.slice(0, one), text.slice(one))).not.toBe(
          deriveUuid(text.slice(0, other), text.slice(other)),
        );
      }),
    );
  });

  it('stays what it was when it was first used', () => {
    expect(eventIdOf('shop-backend', 'order-1')).toMatchInlineSnapshot(`"387a7477-bd51-894a-b122-2a81289c802e"`);
  });

  it('is found again in the name of its stream', () => {
    expect(eventIdOfStream(streamOf(eventIdOf('shop', 'order-1')))).toBe(eventIdOf('shop', 'order-1'));
  });
});
