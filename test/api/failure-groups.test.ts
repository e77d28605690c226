import { beforeAll, describe, expect, it } from 'vitest';
import { deriveUuid, streamOf } from '../../src/application/event-identity.ts';
import { groupOf } from '../../src/application/failure-groups/identity.ts';
import type { Transition } from '../../src/domain/event/transitions.ts';
import { failureGroups } from '../../src/projections/failure-groups/read-model.ts';
import { apiUnderTest, openApi } from '../support/api/api-under-test.ts';
import { readTablesOfThisFile } from '../support/api/read-tables.ts';
import {
  deadLettered,
  failed,
  failure,
  received,
  replayRequested,
  retryScheduled,
  started,
  succeeded,
} from '../support/domain/transitions.ts';
import { explainAll } from '../support/explaining/explained-log.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';
import { sealedHistory } from '../support/sealed-history.ts';

const tables = readTablesOfThisFile();

type Run = Parameters<typeof failed>[0];
const failing = (message: string, run: Run = {}, version = '1'): Transition => {
  const one = failed(run, { ...failure, message });
  if (one.type !== 'ProcessingFailed') throw new Error('another type');
  return { ...one, data: { ...one.data, handlerVersion: version } };
};
const dead = (message: string, version?: string) => [
  received(),
  started(),
  failing(message, {}, version),
  deadLettered(),
];
const groupIdOf = (message: string) => groupOf('order.placed', { ...failure, message }).id;

/** A log of its own, with an API on it whose rows are of this moment whenever something is asked. */
function system() {
  const log = createInMemoryLog();
  const given = { log, readDatabase: tables.readDatabase };
  const api = () => apiUnderTest(given);
  let events = 0;
  const of = deriveUuid('failure groups', String(systems++));
  const event = async (history: readonly Transition[]) => {
    const id = deriveUuid(of, String(events++));
    await log.append({ stream: streamOf(id), expectedRevision: 'no-stream', transitions: sealedHistory(history, id) });
    return id;
  };
  let isFirst = true;
  const rows = async () => {
    // Rows of the log of an earlier test are not those of this one.
    if (isFirst) await tables.discard();
    isFirst = false;
    await tables.project(log);
  };
  const get = async (path: string, as = 'viewer') => {
    await rows();
    return api().call({ url: `/v1/failure-groups${path}`, as });
  };
  const act = async (id: string, verb: string, payload: object, as = 'operator') => {
    await rows();
    return api().call({ method: 'POST', url: `/v1/failure-groups/${id}/${verb}`, payload, as });
  };
  return { log, event, get, act, rows, api };
}
let systems = 0;

describe('failure groups', () => {
  it('count events, failed attempts and dead letters of one handler and fingerprint', async () => {
    const { event, get } = system();
    await event(dead('order 1 has no lines'));
    await event([received(), started(), failing('order 2 has no lines'), retryScheduled()]);
    const last = await event(dead('no stock of SKU-7'));
    const { items, nextCursor } = (await get('')).json();
    expect(nextCursor).toBeNull();
    expect(items).toHaveLength(2);
    const group = (await get(`/${groupIdOf('order 9 has no lines')}`)).json();
    expect(group).toMatchObject({
      ...{ handler: 'order.placed', status: 'open', events: 2, attempts: 2, dead: 1, handlerVersions: ['1'], acts: [] },
      fingerprint: { version: 2, class: 'TypeError', message: 'order <number> has no lines', containing: null },
    });
    expect(group.why).toContain('“order <number> has no lines”');
    expect((await get(`/${groupIdOf('no stock of SKU-8')}`)).json()).toMatchObject({ lastEventId: last, events: 1 });
  });

  it('come in pages, by status and by handler', async () => {
    const { event, get, act } = system();
    for (const word of ['red', 'green', 'blue']) await event(dead(`${word} order`));
    const first = (await get('?limit=2')).json();
    const second = (await get(`?limit=2&cursor=${first.nextCursor}`)).json();
    const ids = [...first.items, ...second.items].map(({ id }: { id: string }) => id);
    expect(ids.toSorted()).toEqual(['red', 'green', 'blue'].map((word) => groupIdOf(`${word} order`)).toSorted());
    await act(groupIdOf('red order'), 'resolve', { note: 'painted' });
    expect((await get('?status=resolved')).json().items).toMatchObject([
      { id: groupIdOf('red order'), note: 'painted' },
    ]);
    expect((await get('?status=open&handler=order.placed')).json().items).toHaveLength(2);
    expect((await get('?handler=other')).json().items).toEqual([]);
    expect((await get('?cursor=other')).json()).toMatchObject({ code: 'cursor-refused' });
  });

  it('say what replays of them came to', async () => {
    const { event, get } = system();
    const replayed = [...dead('no lines'), replayRequested(), started({ generation: 1 })];
    await event([...replayed, succeeded({ generation: 1 })]);
    await event([...replayed, failing('no lines', { generation: 1 }), deadLettered({ generation: 1 })]);
    await event([
      received(),
      started(),
      succeeded(),
      replayRequested(),
      started({ generation: 1 }),
      succeeded({ generation: 1 }),
    ]);
    expect((await get('')).json().items).toMatchObject([{ events: 2, dead: 3, replays: { processed: 1, failed: 1 } }]);
  });

  it('that are resolved and seen again have returned, unless in a version of before', async () => {
    const { event, get, act } = system();
    const id = groupIdOf('no lines');
    await event(dead('no lines'));
    expect((await act(id, 'resolve', { note: 'deployed 2', handlerVersion: '2' })).json()).toEqual({
      failureGroupId: id,
      act: 1,
    });
    await event(dead('no lines', '1'));
    expect((await get(`/${id}`)).json()).toMatchObject({ status: 'resolved', note: 'deployed 2', resolvedIn: '2' });
    await event(dead('no lines', '2'));
    expect((await get(`/${id}`)).json()).toMatchObject({ status: 'returned', events: 3 });
    await act(id, 'resolve', { note: 'deployed 3' });
    expect((await get(`/${id}`)).json()).toMatchObject({ status: 'resolved', note: 'deployed 3', returnedAt: null });
    await event(dead('no lines', '1'));
    expect((await get(`/${id}`)).json()).toMatchObject({ status: 'returned' });
  });

  it('are merged into one, and stand by themselves again when that is taken back', async () => {
    const { event, get, act } = system();
    const [one, other] = [groupIdOf('no stock'), groupIdOf('stock is missing')];
    await event(dead('no stock'));
    await event(dead('stock is missing'));
    expect((await act(other, 'merge', { into: one, reason: 'the same' })).statusCode).toBe(200);
    await event(dead('stock is missing'));
    expect((await get('')).json().items).toMatchObject([{ id: one, events: 3 }]);
    expect((await get(`/${other}`)).json()).toMatchObject({
      ...{ id: one, merged: [other] },
      acts: [{ groupId: other, act: 1, type: 'FailureGroupMerged', otherId: one, reason: 'the same', isUndone: false }],
    });
    expect((await act(other, 'resolve', { note: 'x' })).json()).toMatchObject({
      code: 'failure-group-merged',
      into: one,
    });
    expect((await act(one, 'merge', { into: other, reason: 'x' })).json()).toMatchObject({ code: 'merge-leads-back' });
    await act(other, 'undo', { act: 1, reason: 'they differ' });
    expect((await get(`/${one}`)).json()).toMatchObject({ id: one, events: 1, merged: [] });
    expect((await get(`/${other}`)).json()).toMatchObject({
      id: other,
      events: 2,
      acts: [{ isUndone: true }, { undoes: 1 }],
    });
  });

  it('are split by what messages contain, and are one again when that is taken back', async () => {
    const { event, get, act } = system();
    const id = groupIdOf('no stock of SKU-1');
    await event(dead('no stock of SKU-7'));
    const { act: number } = (await act(id, 'split', { containing: 'SKU-7', reason: 'it is gone' })).json();
    for (const sku of ['SKU-7', 'SKU-8']) await event(dead(`no stock of ${sku}`));
    const [splitOff] = (await get(''))
      .json()
      .items.filter((group: { splitFrom: string | null }) => group.splitFrom === id);
    expect(splitOff).toMatchObject({ events: 1, fingerprint: { containing: 'SKU-7' } });
    expect(splitOff.why).toContain('“SKU-7”');
    expect((await act(id, 'split', { containing: 'SKU-7', reason: 'again' })).json()).toMatchObject({
      code: 'failure-group-split-before',
    });
    await act(id, 'undo', { act: number, reason: 'it is not' });
    await event(dead('no stock of SKU-7'));
    expect((await get('')).json().items).toMatchObject([{ id, events: 4 }]);
  });

  it('are the same when they are projected again, and one by one', async () => {
    const { log, event, act, rows, get } = system();
    const [one, other] = [groupIdOf('no stock of 1'), groupIdOf('stock is missing')];
    await event(dead('no stock of 7'));
    await event(dead('stock is missing'));
    await act(one, 'split', { containing: 'of 7', reason: 'x' });
    await act(other, 'merge', { into: one, reason: 'x' });
    await act(one, 'resolve', { note: 'x' });
    await event([
      ...dead('no stock of 7'),
      replayRequested(),
      started({ generation: 1 }),
      succeeded({ generation: 1 }),
    ]);
    await rows();
    const whole = await tables.contentsOf(failureGroups.tables);
    await tables.discard();
    await tables.project(log, 1);
    expect(await tables.contentsOf(failureGroups.tables)).toEqual(whole);
    // As after a checkpoint that was put back by hand.
    await tables.forgetCheckpoint('failure-groups');
    await tables.project(log);
    expect(await tables.contentsOf(failureGroups.tables)).toEqual(whole);
    expect((await get(`/${one}`)).json().acts).toHaveLength(3);
  });
});

describe('acts on failure groups', () => {
  const { log, event, act, get, api } = system();
  let eventId = '';
  const id = groupIdOf('no lines');
  beforeAll(async () => {
    eventId = await event(dead('no lines'));
    await explainAll(log);
  });

  it('are for operators', async () => {
    expect((await act(id, 'resolve', { note: 'x' }, 'viewer')).json()).toMatchObject({ permission: 'failures:manage' });
  });

  it.each([
    ['resolve', { note: '' }],
    ['merge', { into: 'no-id', reason: 'x' }],
    ['split', { containing: 'x' }],
    ['undo', { act: 0, reason: 'x' }],
  ])('that are no such are refused: %s', async (verb, payload) => {
    expect((await act(id, verb, payload)).json()).toMatchObject({ code: 'invalid-request' });
  });

  it('of groups that are not there are refused', async () => {
    const unknown = '0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d';
    for (const [which, verb, payload] of [
      [unknown, 'resolve', { note: 'x' }],
      [id, 'merge', { into: unknown, reason: 'x' }],
      [unknown, 'split', { containing: 'x', reason: 'x' }],
      [unknown, 'undo', { act: 1, reason: 'x' }],
    ] as const)
      expect((await act(which, verb, payload)).json()).toMatchObject({ code: 'failure-group-not-found' });
    expect((await act(id, 'undo', { act: 7, reason: 'x' })).json()).toMatchObject({ code: 'act-not-found' });
    for (const path of [`/${unknown}`, '/no-id'])
      expect((await get(path)).json()).toMatchObject({ code: 'failure-group-not-found' });
  });

  it('have an event explained again, and the group shows that', async () => {
    const ask = (as: string, which = eventId) =>
      api().call({ method: 'POST', url: `/v1/events/${which}/explanation`, as });
    expect((await ask('viewer')).json()).toMatchObject({ permission: 'failures:manage' });
    const answer = await ask('operator');
    expect([answer.statusCode, answer.json()]).toEqual([202, { failureGroupId: id, eventId }]);
    await explainAll(log);
    expect((await get(`/${id}`)).json()).toMatchObject({
      acts: [{ type: 'ExplanationRequested', otherId: eventId }],
      explanation: { eventId, provider: 'rules' },
    });
  });

  it('are not taken where nothing is explained', async () => {
    const { call, server } = openApi({ log, explains: false });
    const answer = await call({ method: 'POST', url: `/v1/events/${eventId}/explanation`, as: 'operator' });
    expect(answer.json()).toMatchObject({ code: 'explanations-off' });
    await server.close();
  });
});
