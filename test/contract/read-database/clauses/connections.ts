import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { ReadDatabaseUnavailable } from '../../../../src/application/failures.ts';
import { row } from '../../../support/read-database/rows.ts';
import type { Opened } from '../harness.ts';

export function connectionClauses(under: Opened): void {
  const count = () => sql<{ count: string }>`select count(*) from events`.execute(under().db);

  describe('a connection', () => {
    it('serves many queries at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) => sql`select ${index}::int as value`.execute(under().db)),
      );
      expect(answers.map(({ rows }) => rows)).toEqual(Array.from({ length: 50 }, (_, value) => [{ value }]));
    });

    it('carries a parameter and an answer of megabytes', async () => {
      const text = 'long'.repeat(1_000_000);
      const { rows } = await sql<{ text: string }>`select ${text}::text as text`.execute(under().db);
      expect(rows[0]?.text === text).toBe(true);
    });

    it('that breaks fails the query under way as unavailable, and the next query finds another', async () => {
      const slow = sql`select count(*) from generate_series(1, 200000000)`.execute(under().db);
      const failure = slow.catch((error: unknown) => error);
      await under().crash();
      expect(await failure).toBeInstanceOf(ReadDatabaseUnavailable);
      expect((await count()).rows).toEqual([{ count: '0' }]);
    });

    it('that breaks keeps what was committed, and nothing of an open transaction', async () => {
      const { db, crash } = under();
      await db.insertInto('events').values(row('committed')).execute();
      const open = db.transaction().execute(async (transaction) => {
        await transaction.insertInto('events').values(row('open')).execute();
        await crash();
        await transaction.insertInto('events').values(row('late')).execute();
      });
      await expect(open).rejects.toThrow(ReadDatabaseUnavailable);
      expect((await count()).rows).toEqual([{ count: '1' }]);
    });
  });
}
