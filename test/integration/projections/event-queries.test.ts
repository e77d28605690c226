import { describe, expect, it } from 'vitest';
import { deriveUuid } from '../../../src/application/event-identity.ts';
import { readOnly } from '../../../src/projections/database.ts';
import { type EventFilters, type EventPlace, findEvent, listEvents } from '../../../src/projections/events/queries.ts';
import { moment } from '../../support/domain/transitions.ts';
import { readTablesOfThisFile } from '../../support/read-database/of-this-file.ts';
import { row } from '../../support/read-database/rows.ts';

const db = readTablesOfThisFile();
const rows = () => readOnly(db());

/** The idempotency keys of every page, one after the other. */
async function pagesOf(
  filters: EventFilters,
  limit: number,
  maxBytes?: number,
): Promise<readonly (readonly string[])[]> {
  const pages: (readonly string[])[] = [];
  let after: EventPlace | undefined;
  do {
    const { items, next } = await listEvents(rows(), filters, { limit, maxBytes, after });
    pages.push(items.map(({ idempotencyKey }) => idempotencyKey));
    after = next ?? undefined;
  } while (after !== undefined);
  return pages;
}

describe('an event in the read tables', () => {
  it('is found by its id, with the text of its payload', async () => {
    const written = row('one', {
      payload_text: '{"id":12345678901234567890, "b":1.0,"a":-0}',
      status: 'DEAD',
      error_reason: 'Error: no',
    });
    await db().insertInto('events').values(written).execute();
    expect(await findEvent(rows(), written.id)).toEqual({
      id: written.id,
      type: 'order.placed',
      source: 'shop',
      status: 'DEAD',
      idempotencyKey: 'one',
      payload: written.payload_text,
      createdAt: moment(0),
      updatedAt: moment(0),
      processedAt: null,
      errorReason: 'Error: no',
      generation: 0,
      attempts: 0,
      nextAttemptAt: null,
      revision: 0,
      clientId: 'shop-backend',
    });
  });

  it('is not found before the projection has come to it', async () => {
    expect(await findEvent(rows(), deriveUuid('unheard of'))).toBeNull();
  });
});

describe('the list of events', () => {
  it('has the newest first and pages that neither repeat nor leave out, also within one millisecond', async () => {
    const values = Array.from({ length: 10 }, (_, index) =>
      row(`event-${index}`, { created_at: index < 7 ? '2026-01-01T12:00:00.001Z' : moment(index) }),
    );
    await db().insertInto('events').values(values).execute();
    const sameMoment = values.slice(0, 7).toSorted((one, other) => (one.id < other.id ? 1 : -1));
    const expected = ['event-9', 'event-8', 'event-7', ...sameMoment.map((value) => value.idempotency_key)];
    for (const limit of [1, 3, 10, 200]) expect((await pagesOf({}, limit)).flat()).toEqual(expected);
    expect(await pagesOf({}, 5)).toHaveLength(2);
  });

  it.each([
    [1, ['5'], ['4'], ['3'], ['2'], ['1']],
    [2, ['5', '4'], ['3'], ['2'], ['1']],
    [3, ['5', '4'], ['3'], ['2', '1']],
    [4, ['5', '4', '3'], ['2', '1']],
    [9, ['5', '4', '3', '2', '1']],
  ])('ends a page at %i bytes of payloads and reasons, but for one item that is larger', async (maxBytes, ...pages) => {
    const values = [1, 2, 2, 1, 1].map((bytes, index) =>
      row(`${index + 1}`, {
        created_at: moment(index),
        payload_text: '1',
        error_reason: bytes === 2 ? '!' : null,
      }),
    );
    await db().insertInto('events').values(values).execute();
    expect(await pagesOf({}, 200, maxBytes)).toEqual(pages);
  });

  it('counts bytes as UTF-8 does, and in what is left of the list alone', async () => {
    const values = ['"🦆"', '"ü"', '1'].map((payload_text, index) =>
      row(payload_text, { created_at: moment(index), payload_text }),
    );
    await db().insertInto('events').values(values).execute();
    expect(await pagesOf({}, 200, 5)).toEqual([['1', '"ü"'], ['"🦆"']]);
    expect(await pagesOf({}, 1, 5)).toEqual([['1'], ['"ü"'], ['"🦆"']]);
  });

  it('has an end when nothing matches', async () => {
    expect(await listEvents(rows(), { status: 'DEAD' }, { limit: 5 })).toEqual({ items: [], next: null });
  });

  it.each<readonly [filter: keyof EventFilters, filters: EventFilters, keys: readonly string[]]>([
    ['status', { status: 'DEAD' }, ['dead']],
    ['type', { type: 'order.paid' }, ['paid']],
    ['source', { source: 'till' }, ['paid']],
    ['clientId', { clientId: 'till-backend' }, ['paid']],
    ['failure', { failure: 'no-lines' }, ['dead']],
    ['createdAfter', { createdAfter: moment(1) }, ['late']],
    ['createdBefore', { createdBefore: moment(1) }, ['paid']],
    ['createdAfter', { createdAfter: moment(0), createdBefore: moment(2), status: 'DEAD' }, ['dead']],
  ])('is narrowed by %s', async (_, filters, keys) => {
    await db()
      .insertInto('events')
      .values([
        row('paid', { type: 'order.paid', source: 'till', client_id: 'till-backend' }),
        row('dead', { status: 'DEAD', failure_fingerprint: 'no-lines', created_at: moment(1) }),
        row('late', { created_at: moment(2) }),
      ])
      .execute();
    expect(await pagesOf(filters, 10)).toEqual([keys]);
  });
});
