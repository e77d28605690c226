import { beforeAll, describe, expect, it } from 'vitest';
import { eventIdOf, streamOf } from '../../src/application/event-identity.ts';
import { groupOf } from '../../src/application/failure-groups/identity.ts';
import type { DeadLetterReason, Transition } from '../../src/domain/event/transitions.ts';
import { apiUnderTest } from '../support/api/api-under-test.ts';
import { readTablesOfThisFile } from '../support/api/read-tables.ts';
import {
  discarded,
  failed,
  failure,
  policy,
  received,
  replayRequested,
  request,
  retryScheduled,
  started,
} from '../support/domain/transitions.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';
import { sealedHistory } from '../support/sealed-history.ts';

const tables = readTablesOfThisFile();
const log = createInMemoryLog();
const api = () => apiUnderTest({ log, readDatabase: tables.readDatabase });

interface Seed {
  readonly type?: string;
  readonly source?: string;
  readonly client?: string;
  readonly message?: string;
  readonly class?: string;
  readonly fingerprint?: string;
  readonly reason?: DeadLetterReason;
  /** Hours after the beginning of the day at which it died; an hour before, it was received. */
  readonly diedAt: number;
  readonly attempts?: number;
  readonly generation?: number;
}

const at = (hour: number) => new Date(Date.parse('2030-01-01T00:00:00.000Z') + hour * 3_600_000).toISOString();

/** Five that differ in everything that can be searched by. */
const seeds: readonly Seed[] = [
  { diedAt: 5 },
  { diedAt: 4, type: 'order.paid', source: 'eu', reason: 'not-retryable', message: 'the card 4242 was declined' },
  { diedAt: 3, client: 'other-shop', class: 'TimeoutError', fingerprint: 'timeout', message: '100% too_late \\ done' },
  { diedAt: 2, attempts: 3, message: 'no stock of SKU-7' },
  { diedAt: 1, generation: 2, message: 'no stock of SKU-8' },
];
const idOf = ({ client = 'shop', diedAt }: Seed) => eventIdOf(client, `died-${diedAt}`);
const ids = (...diedAt: readonly number[]) => seeds.filter((seed) => diedAt.includes(seed.diedAt)).map(idOf);

function historyOf(seed: Seed): readonly Transition[] {
  const { attempts = 1, generation = 0, reason = 'attempts-exhausted' } = seed;
  const { message = 'connection refused', fingerprint = 'refused', class: name = 'Error' } = seed;
  const seen = { ...failure, class: name, message, fingerprint };
  const { type = 'order.placed', source = 'us', client: clientId = 'shop' } = seed;
  const life: Transition[] = [{ type: 'EventReceived', data: { ...request, type, source, clientId } }];
  for (let each = 0; each <= generation; each++) {
    if (each > 0) life.push(replayRequested(each));
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const run = { generation: each, attempt };
      life.push(started(run), failed(run, seen));
      life.push(attempt < attempts ? retryScheduled({ ...run, attempt: attempt + 1 }) : died(run, reason));
    }
  }
  return life;
}

const died = (run: { generation: number; attempt: number }, reason: DeadLetterReason): Transition => ({
  type: 'EventDeadLettered',
  data: { ...run, reason, policy },
});

async function append(id: string, history: readonly Transition[], recordedAt: (index: number) => string) {
  const transitions = sealedHistory(history, id, (index) => ({ recordedAt: recordedAt(index) }));
  await log.append({ stream: streamOf(id), expectedRevision: 'no-stream', transitions });
}

beforeAll(async () => {
  for (const seed of seeds)
    await append(idOf(seed), historyOf(seed), (index) => at(index === 0 ? seed.diedAt - 1 : seed.diedAt));
  // None of these is a dead letter.
  await append(eventIdOf('shop', 'waiting'), [received(), started(), failed(), retryScheduled()], () => at(1));
  await append(eventIdOf('shop', 'replayed'), [...historyOf({ diedAt: 1 }), replayRequested()], () => at(1));
  await append(eventIdOf('shop', 'discarded'), [...historyOf({ diedAt: 1 }), discarded()], () => at(1));
  await tables.project(log);
});

const idsOf = (answer: { json(): { items: { id: string }[] } }) => answer.json().items.map(({ id }) => id);

describe('the list of dead letters', () => {
  it.each([1, 2, 4, 5, 200])('in pages of %i has each once, the one that died last first', async (limit) => {
    const { call } = api();
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const answer = await call({ url: `/v1/dead-letters?limit=${limit}${cursor && `&cursor=${cursor}`}` });
      found.push(...idsOf(answer));
      cursor = answer.json().nextCursor;
    }
    expect(found).toEqual(seeds.map(idOf));
  });

  it.each<[string, readonly string[]]>([
    ['type=order.paid', ids(4)],
    ['source=eu', ids(4)],
    ['client=other-shop', ids(3)],
    ['class=TimeoutError', ids(3)],
    ['failure=timeout', ids(3)],
    ['reason=not-retryable', ids(4)],
    ['reason=poison', []],
    [`diedAfter=${at(3)}`, ids(5, 4)],
    [`diedBefore=${at(3)}`, ids(2, 1)],
    [`createdAfter=${at(3)}`, ids(5)],
    [`createdBefore=${at(1)}`, ids(1)],
    ['attemptsAtLeast=2', ids(2)],
    ['generationAtLeast=1', ids(1)],
    ['text=SKU-7', ids(2)],
    ['text=NO%20STOCK', ids(2, 1)],
    ['text=timeouterror:', ids(3)],
    ['text=100%25%20too_late%20%5C', ids(3)],
    ['text=_____', []],
    ['type=order.paid&client=other-shop', []],
  ])('holds what its filters let through: %s', async (filter, expected) => {
    expect(idsOf(await api().call({ url: `/v1/dead-letters?${filter}` }))).toEqual(expected);
  });

  it('holds those of a failure group, with those of groups that are merged into it', async () => {
    const { call } = api();
    const groupId = (message: string, name = 'Error') =>
      groupOf('order.placed', { ...failure, class: name, message }).id;
    const stock = groupId('no stock of SKU-9');
    const timeout = groupId('100% too_late \\ done', 'TimeoutError');
    expect(idsOf(await call({ url: `/v1/dead-letters?failureGroup=${stock}` }))).toEqual(ids(2, 1));
    const merged = await call({
      ...{ method: 'POST', url: `/v1/failure-groups/${timeout}/merge`, as: 'operator' },
      payload: { into: stock, reason: 'the same outage' },
    });
    expect(merged.statusCode).toBe(200);
    await tables.project(log);
    expect(idsOf(await call({ url: `/v1/dead-letters?failureGroup=${stock}` }))).toEqual(ids(3, 2, 1));
    expect(idsOf(await call({ url: `/v1/dead-letters?failureGroup=${timeout}` }))).toEqual(ids(3, 2, 1));
    const { items, events, groups } = (await call({ url: '/v1/dead-letters/groups?limit=1' })).json();
    expect({ events, groups }).toEqual({ events: 5, groups: 3 });
    expect(items).toEqual([
      expect.objectContaining({ failureGroupId: stock, events: 3, types: 1, diedFirst: at(1), diedLast: at(3) }),
    ]);
  });

  it('ends a page before it is too large, and goes on after it', async () => {
    const { call } = apiUnderTest({ log, readDatabase: tables.readDatabase, limits: { pageBytes: 1 } });
    const first = await call({ url: '/v1/dead-letters' });
    expect(idsOf(first)).toEqual(ids(5));
    expect(idsOf(await call({ url: `/v1/dead-letters?cursor=${first.json().nextCursor}` }))).toEqual(ids(4));
  });

  it('takes no cursor of other filters, and none of another list', async () => {
    const { call } = api();
    const { nextCursor } = (await call({ url: '/v1/dead-letters?limit=1' })).json();
    for (const url of ['/v1/dead-letters?type=order.paid&', '/v1/events?'])
      expect((await call({ url: `${url}cursor=${nextCursor}` })).json()).toMatchObject({ code: 'cursor-refused' });
  });

  it.each([
    ['reason=tired', '/query/reason'],
    ['failureGroup=1', '/query/failureGroup'],
    ['attemptsAtLeast=0', '/query/attemptsAtLeast'],
    ['text=', '/query/text'],
    ['text=%00', '/query/text'],
    ['status=DEAD', '/query/status'],
    ['diedAfter=yesterday', '/query/diedAfter'],
  ])('is refused by name of the parameter: %s', async (query, pointer) => {
    for (const path of ['/v1/dead-letters', '/v1/dead-letters/groups'])
      expect((await api().call({ url: `${path}?${query}` })).json()).toMatchObject({
        ...{ status: 400, code: 'invalid-request', errors: [{ pointer }] },
      });
  });
});

describe('the rows of dead letters', () => {
  it.each([3, 1_000])('are the same when the log comes in batches of %i', async (maxBatch) => {
    const rows = ['dead_events', 'undecided_failures'];
    const before = await tables.contentsOf(rows);
    await tables.discard();
    await tables.project(log, maxBatch);
    expect(await tables.contentsOf(rows)).toEqual(before);
    expect(before).toMatchObject({ undecided_failures: [] });
  });
});
