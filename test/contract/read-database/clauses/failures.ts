import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { ReadDatabaseRefused, ReadDatabaseUnavailable } from '../../../../src/application/failures.ts';
import type { EventRow } from '../../../../src/projections/events/project.ts';
import { writeEvents } from '../../../../src/projections/events/write.ts';
import { namedIn } from '../../../../src/projections/slots.ts';
import { row } from '../../../support/read-database/rows.ts';
import type { Opened } from '../harness.ts';

const secret = 'card-4242';
/** Long, and of the kind that cannot be made shorter. */
const endless = Array.from({ length: 4_000 }, (_, index) => String.fromCodePoint(0x4e00 + ((index * 7_919) % 20_000)));

const refused: readonly (readonly [what: string, Partial<EventRow>])[] = [
  ['a payload that is not JSON', { payload_text: `{"card":"${secret}"` }],
  ['a payload with NUL', { payload_text: `{"card":"${secret}\\u0000"}` }],
  ['a number beyond its type', { generation: 2 ** 40 }],
  ['an id that is no UUID', { id: secret }],
  ['a moment that is none', { created_at: secret }],
  ['a text with NUL', { error_reason: `${secret}\0` }],
  ['a fingerprint too long for its index', { failure_fingerprint: secret + endless.join('') }],
];

export function failureClauses(under: Opened): void {
  const write = (...rows: readonly EventRow[]) =>
    under()
      .db.transaction()
      .execute((transaction) => writeEvents({ transaction, named: namedIn(null) }, rows));
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error: unknown) => error,
    );

  describe('a refusal', () => {
    it.each(refused)('is told of %s, without the data', async (_, changed) => {
      const failure = await failureOf(write(row('good'), row('bad', changed)));
      expect(failure).toBeInstanceOf(ReadDatabaseRefused);
      expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain(secret);
      expect(await under().db.selectFrom('events').selectAll().execute()).toEqual([]);
    });
  });

  it('is told from a schema that is not there yet, which may come', async () => {
    const missing = [sql`select * from nowhere`, sql`select nothing from events`];
    for (const query of missing)
      expect(await failureOf(query.execute(under().db))).toBeInstanceOf(ReadDatabaseUnavailable);
  });

  it('is told from a mistake in a statement, which stays what it is', async () => {
    const failure = await failureOf(sql`selec 1`.execute(under().db));
    expect(failure).not.toBeInstanceOf(ReadDatabaseRefused);
    expect(failure).not.toBeInstanceOf(ReadDatabaseUnavailable);
  });
}
