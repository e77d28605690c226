import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { jsonLimits, scanJson } from '../../../../src/api/intake/scan-json.ts';
import { ReadDatabaseRefused } from '../../../../src/application/failures.ts';
import { writeEvents } from '../../../../src/projections/events/write.ts';
import { namedIn } from '../../../../src/projections/slots.ts';
import { row } from '../../../support/read-database/rows.ts';
import type { Opened } from '../harness.ts';

export function typeClauses(under: Opened): void {
  describe('a value', () => {
    it('comes back as the driver of a real server gives it', async () => {
      const { rows } = await sql`
        select 9007199254740993::int8 as large, count(*) as counted, 7::int4 as small, '\\x00ff'::bytea as bytes,
          '2026-01-01T12:00:00.123Z'::timestamptz as moment, null::timestamptz as nothing, true as truth,
          '{"a": [1]}'::jsonb as document, '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid as id
        from events`.execute(under().db);
      expect(rows).toEqual([
        {
          large: '9007199254740993',
          counted: '0',
          small: 7,
          bytes: Buffer.from([0, 255]),
          moment: new Date('2026-01-01T12:00:00.123Z'),
          nothing: null,
          truth: true,
          document: { a: [1] },
          id: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
        },
      ]);
    });

    it('keeps the text of a payload byte for byte, and beside it a value that can be searched', async () => {
      const { db } = under();
      const write = (name: string, payload: string, isTextOnly: boolean) =>
        db
          .transaction()
          .execute((transaction) =>
            writeEvents({ transaction, named: namedIn(null) }, [row(name, { payload_text: payload })], { isTextOnly }),
          );
      const text = '{"b":1.0, "a":-0,\n"id":12345678901234567890,"far":1e308,"a":"\\u00e9"}';
      await write('precise', text, false);
      await write('refused', '{"v":0e1073741824}', true);
      const { rows } = await sql`
        select payload_text, payload ->> 'id' as id from events order by idempotency_key`.execute(db);
      expect(rows).toEqual([
        { payload_text: text, id: '12345678901234567890' },
        { payload_text: '{"v":0e1073741824}', id: null },
      ]);
    });

    it.each([
      [`0e${jsonLimits.largestExponent}`, true],
      // One more is taken by PostgreSQL 18 and refused by 15; ingest goes by the stricter of the two.
      [`0e${jsonLimits.largestExponent + 2}`, false],
      [`-0.${'9'.repeat(jsonLimits.numberCharacters - 10)}e${jsonLimits.smallestExponent}`, true],
      ['1.7976931348623157e308', true],
      [`1${'0'.repeat(308)}.${'0'.repeat(jsonLimits.numberCharacters - 320)}1`, true],
      [`${'['.repeat(jsonLimits.depth)}${']'.repeat(jsonLimits.depth)}`, true],
    ])('is JSON that jsonb takes wherever ingest does, up to its bounds: %#', async (text, isTaken) => {
      const taken = sql`select ${text}::jsonb is not null as taken`.execute(under().db).then(
        () => true,
        (error: unknown) => (error instanceof ReadDatabaseRefused ? false : error),
      );
      expect(await taken).toBe(isTaken);
      expect(scanJson(text).violation === null).toBe(isTaken);
    });

    it('keeps text with any character but NUL', async () => {
      const reason = 'line\nbreak, "quotes", \\ and 🦆';
      const { db } = under();
      await db
        .insertInto('events')
        .values(row('text', { error_reason: reason }))
        .execute();
      expect(await db.selectFrom('events').select('error_reason').executeTakeFirst()).toEqual({ error_reason: reason });
    });

    it('is a moment in UTC wherever the machine stands', async () => {
      const { db } = under();
      await db
        .insertInto('events')
        .values(row('summer', { created_at: '2026-07-01T00:00:00.001Z' }))
        .execute();
      const { created_at } = await db.selectFrom('events').select('created_at').executeTakeFirstOrThrow();
      expect(created_at.toISOString()).toBe('2026-07-01T00:00:00.001Z');
    });
  });
}
