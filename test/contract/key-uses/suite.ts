import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deriveUuid } from '../../../src/application/event-identity.ts';
import { createKeyUses } from '../../../src/projections/api-key-uses.ts';
import type { Database } from '../../../src/projections/database.ts';

export interface KeyUsesUnderTest {
  readonly db: Kysely<Database>;
  close(): Promise<void>;
}

const [a, b, c] = [deriveUuid('a'), deriveUuid('b'), deriveUuid('c')];
const hour = (of: number) => `2030-01-01T0${of}:00:00.000Z`;

/** What processes rely on, whichever PostgreSQL keeps them. */
export function keyUsesSuite(open: () => Promise<KeyUsesUnderTest>): void {
  let opened: KeyUsesUnderTest | null = null;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened?.close());

  describe('uses of API keys', () => {
    it('are the latest that any process has saved, in whichever order', async () => {
      if (opened === null) throw new Error('They are not open outside a test');
      const uses = createKeyUses(opened.db);
      expect(await uses.lastUses()).toEqual(new Map());
      const of = (...entries: readonly (readonly [string, string])[]) => new Map(entries);
      await uses.save(of([a, hour(2)], [b, hour(5)]));
      await Promise.all([uses.save(of([b, hour(3)], [a, hour(4)])), uses.save(of([a, hour(3)], [c, hour(1)]))]);
      expect(await uses.lastUses()).toEqual(of([a, hour(4)], [b, hour(5)], [c, hour(1)]));
    });
  });
}
