import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { arrayParameter, type Value } from '../../../src/projections/array-parameter.ts';
import { readTablesOfThisFile } from '../../support/read-database/of-this-file.ts';

const db = readTablesOfThisFile();

/** As PostgreSQL has them: each as text. */
async function received(type: string, values: readonly Value[]): Promise<readonly (string | null)[]> {
  const { type: sent, bytes } = arrayParameter(type, values);
  const { rows } = await sql<{ value: string | null }>`
    select value::${sql.raw(type)}::text as value
    from unnest(${bytes}::${sql.raw(sent)}[]) with ordinality as given (value, number) order by number`.execute(db());
  return rows.map(({ value }) => value);
}

const asText = (values: readonly Value[]) => values.map((value) => value?.toString() ?? null);
const long = 'ä€😀"\\{},'.repeat(1_000);

describe('a column that comes in binary form', () => {
  it.each([
    ['text', ['', 'NULL', null, 'a "b" \\ {c},\n', long, undefined]],
    ['boolean', [true, null, false]],
    ['integer', [0, -1, 2_147_483_647, -2_147_483_648, null]],
    ['bigint', ['0', '-1', '4294967296', '-4294967297', '9007199254740991', null]],
    ['uuid', ['00000000-0000-0000-0000-000000000000', 'fedcba98-7654-4321-8fed-cba987654321', null]],
  ] as const)('has the values of %s that were given, 0, 1, 2 and all of them', async (type, values) => {
    for (const count of [0, 1, 2, values.length]) {
      const given = values.slice(0, count);
      expect(arrayParameter(type, given).type).toBe(type);
      expect(await received(type, given)).toEqual(asText(given));
    }
  });

  it('has the moments that were given, of all times of a day, one day after another', async () => {
    const moments = [
      ...['1970-01-01T00:00:00.000Z', '1999-12-31T23:59:59.999Z', '2000-01-01T00:00:00.000Z'],
      ...[
        '2024-02-29T12:34:56.789Z',
        '2026-11-29T09:08:07.001Z',
        '2026-11-29T23:59:59.999Z',
        '0001-01-01T00:00:00.001Z',
      ],
    ];
    expect(arrayParameter('timestamptz', moments).type).toBe('timestamptz');
    const values = await received('timestamptz', moments);
    const { rows } = await sql<{ value: string }>`
      select value::timestamptz::text as value from unnest(${moments}::text[]) as given (value)`.execute(db());
    expect(values).toEqual(rows.map(({ value }) => value));
  });

  it.each([
    ['integer', 2_147_483_648],
    ['integer', 1.5],
    ['bigint', '9223372036854775808'],
    ['timestamptz', '2026-02-30T00:00:00.000Z'],
    ['timestamptz', '2026-11-29T24:60:00.000Z'],
    ['uuid', 'fedcba98-7654-4321-8fed-cba98765432g'],
  ] as const)('leaves it to the database to refuse what is no %s: %s', async (type, value) => {
    expect(arrayParameter(type, [value]).type).toBe('text');
    await expect(received(type, [null, value])).rejects.toThrow();
  });

  it.each([
    ['bigint', '9223372036854775807', '9223372036854775807'],
    ['timestamptz', '2026-11-29T09:08:07.123456+02:00', '2026-11-29 07:08:07.123456+00'],
    ['uuid', 'FEDCBA9876544321-8FEDCBA987654321', 'fedcba98-7654-4321-8fed-cba987654321'],
  ] as const)('has what is a %s in another form, too: %s', async (type, value, text) => {
    expect(await received(type, [value])).toEqual([text]);
  });
});
