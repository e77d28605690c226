import fc from 'fast-check';
import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { deriveUuid } from '../../../../src/application/event-identity.ts';
import { readOnly } from '../../../../src/projections/database.ts';
import { createPayloadIndexes, fieldsWithoutIndex } from '../../../../src/projections/events/payload-indexes.ts';
import { listEvents } from '../../../../src/projections/events/queries.ts';
import { events } from '../../../../src/projections/events/read-model.ts';
import { writeEvents } from '../../../../src/projections/events/write.ts';
import type { PayloadFilter } from '../../../../src/projections/payload-fields.ts';
import { createCopies } from '../../../../src/projections/rebuild/copies.ts';
import { namedIn } from '../../../../src/projections/slots.ts';
import { row } from '../../../support/read-database/rows.ts';
import type { Opened } from '../harness.ts';

const never = new AbortController().signal;

export function payloadFieldClauses(under: Opened): void {
  const keepOnly = (...fields: readonly string[]) => createPayloadIndexes(under().db).keepOnly(fields, never);
  const withoutIndex = (...fields: readonly string[]) => fieldsWithoutIndex(readOnly(under().db), fields);
  const write = (payloads: readonly string[], isTextOnly = false) =>
    under()
      .db.transaction()
      .execute((transaction) =>
        writeEvents(
          { transaction, named: namedIn(null) },
          payloads.map((text) => row(text, { id: deriveUuid(text), payload_text: text })),
          { isTextOnly },
        ),
      );
  /** The payloads that are found, in the order of their texts. */
  const found = async (...payload: readonly PayloadFilter[]) => {
    const { items } = await listEvents(readOnly(under().db), { payload }, { limit: 1_000 });
    return items.map((item) => item.payload).toSorted();
  };
  /** Whether a payload is found by what it has at `v`. */
  const isFoundBy = async (payload: string, value: string) => {
    await write([payload]);
    return (await found({ field: 'v', value })).includes(payload);
  };

  describe('a field of payloads', () => {
    afterEach(() => keepOnly());

    it('has an index for as long as it is named', async () => {
      expect(await withoutIndex('a.b', 'c')).toEqual(['a.b', 'c']);
      expect(await keepOnly('a.b', 'c')).toEqual({ created: ['a.b', 'c'], dropped: 0 });
      expect(await withoutIndex('a.b', 'c', 'a')).toEqual(['a']);
      expect(await keepOnly('a.b', 'c')).toEqual({ created: [], dropped: 0 });
      expect(await keepOnly('c')).toEqual({ created: [], dropped: 1 });
      expect(await withoutIndex('a.b', 'c')).toEqual(['a.b']);
    });

    it('has no index while that is not complete, and gets another one', async () => {
      await keepOnly('a');
      await sql`
        update pg_index set indisvalid = false
        from pg_class where pg_class.oid = indexrelid and relname like 'events\\_payload\\_%'`.execute(under().db);
      expect(await withoutIndex('a')).toEqual(['a']);
      expect(await keepOnly('a')).toEqual({ created: ['a'], dropped: 1 });
      expect(await withoutIndex('a')).toEqual([]);
    });

    it('has an index in a copy of the rows, too', async () => {
      const { db } = under();
      await keepOnly('a.b');
      const copies = createCopies(db, 'events', (work) => work(db));
      await copies.create(events, 'some', null);
      await copies.index(events, never);
      const { rows } = await sql<{ definition: string }>`
        select replace(indexdef, 'rebuild_events.', 'public.') as definition from pg_indexes
        where indexname like 'events\\_payload\\_%' order by schemaname`.execute(db);
      expect(rows).toHaveLength(2);
      expect(rows[0]).toEqual(rows[1]);
      await copies.drop([events], null);
    });

    it.each([
      ['{"v":17}', '17', true],
      ['{"v":17.0}', '1.7e1', true],
      ['{"v":"17"}', '17', false],
      ['{"v":17}', '"17"', false],
      ['{"v":-0}', '0', true],
      ['{"v":9007199254740993}', '9007199254740993', true],
      ['{"v":9007199254740993}', '9007199254740992', false],
      ['{"v":1e308}', '1e308', true],
      ['{"v":1,"v":2}', '2', true],
      ['{"v":1,"v":2}', '1', false],
      ['{"v":null}', 'null', true],
      ['{}', 'null', false],
      ['{"v":true}', 'true', true],
      ['{"v":"true"}', 'true', false],
      ['{"v":""}', '""', true],
      [`{"v":"it's \\"so\\" \\\\ $$ %_"}`, JSON.stringify(`it's "so" \\ $$ %_`), true],
      ['{"v":"\\u00e9"}', '"é"', true],
      ['{"v":"e\\u0301"}', '"é"', false],
      ['{"v":"🦆"}', '"\\ud83e\\udd86"', true],
      ['{"v":[17]}', '17', false],
      ['{"v":{"v":17}}', '17', false],
      ['{"v":"\\u0001"}', '"\\u0001"', true],
    ])('finds by value and type: %s by %s is %s', async (payload, value, isFound) => {
      await keepOnly('v');
      expect(await isFoundBy(payload, value)).toBe(isFound);
    });

    it('takes values of any size and depth, and keeps what the database cannot search', async () => {
      await keepOnly('v');
      const large = `{"v":"${'x'.repeat(1024 * 1024)}"}`;
      const deep = `{"v":${'['.repeat(63)}${']'.repeat(63)}}`;
      await write([large, deep]);
      await write(['{"v":0e1073741824}', '{"v":"\\u0000"}'], true);
      expect(await found()).toHaveLength(4);
      expect(await found({ field: 'v', value: '0' })).toEqual([]);
      expect(await found({ field: 'v', value: large.slice(5, -1) })).toEqual([large]);
    });

    it('is found as a search through all payloads would find it', async () => {
      const scalar = fc.oneof(
        ...[fc.constantFrom(0, 1, 17, 1.5, true, false, null), fc.constantFrom('', '1', 'null', "'", '"', '\\', 'é')],
      );
      const name = fc.constantFrom('a', 'b', '0', "it's", '$');
      const { document } = fc.letrec((tie) => ({
        document: fc.oneof(
          { maxDepth: 3, depthSize: 'small' },
          scalar,
          fc.array(tie('document'), { maxLength: 2 }),
          fc.dictionary(name, tie('document'), { maxKeys: 3 }),
        ),
      }));
      const field = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('.'));
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(fc.dictionary(name, document, { maxKeys: 3 }), {
            minLength: 1,
            maxLength: 20,
            selector: (each) => JSON.stringify(each),
          }),
          fc.array(fc.record({ field, value: scalar }), { minLength: 1, maxLength: 2 }),
          fc.array(fc.nat(), { minLength: 1, maxLength: 2 }),
          async (documents, others, picks) => {
            const there = documents.flatMap((each) => leavesOf(each));
            // What is there is asked for, too: else hardly anything would be found.
            const picked = picks.flatMap((pick) => there[pick % Math.max(there.length, 1)] ?? []);
            const asked = picked.length > 0 && (picks[0] ?? 0) % 4 > 0 ? picked : others;
            await under().db.deleteFrom('events').execute();
            const payloads = documents.map((each) => JSON.stringify(each));
            await write(payloads);
            const expected = payloads.filter((text) =>
              asked.every((one) => Object.is(valueIn(JSON.parse(text), one.field.split('.')), one.value)),
            );
            const filters = asked.map((one) => ({ field: one.field, value: JSON.stringify(one.value) }));
            expect(await found(...filters)).toEqual(expected.toSorted());
          },
        ),
        { numRuns: 40 },
      );
    });
  });
}

/** `undefined` where there is nothing. */
function valueIn(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const at =
    Array.isArray(value) && !/^\d+$/.test(name) ? undefined : Object.entries(value).find(([key]) => key === name);
  return at === undefined ? undefined : valueIn(at[1], rest);
}

/** Values that are neither objects nor arrays, each with where it is. */
const leavesOf = (value: unknown, at: readonly string[] = []): readonly { field: string; value: unknown }[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, member]) => leavesOf(member, [...at, name]))
    : [{ field: at.join('.'), value }];
