import { describe, expect, it } from 'vitest';
import { deriveUuid } from '../../src/application/event-identity.ts';
import * as failures from '../../src/application/failures.ts';
import { handleCommand } from '../../src/application/handle-command.ts';
import type { EventLog } from '../../src/application/ports/event-log.ts';
import { setHashOf } from '../../src/application/use-cases/replay-plan/set-hash.ts';
import { createUseCases } from '../../src/application/use-cases.ts';
import { eventAggregate } from '../../src/domain/event/aggregate.ts';
import type { EventCommand } from '../../src/domain/event/commands.ts';
import { loadCheckpoint } from '../../src/projections/checkpoints.ts';
import { deadLetters } from '../../src/projections/dead-letters/read-model.ts';
import { failureGroups } from '../../src/projections/failure-groups/read-model.ts';
import { projectionNameOf } from '../../src/projections/projection-states.ts';
import { createProjectionStore } from '../../src/projections/projection-store.ts';
import { createPlanRows } from '../../src/projections/replay-plans/plan-rows.ts';
import { replayPlans } from '../../src/projections/replay-plans/read-model.ts';
import { createPlanRunner } from '../../src/worker/replay-plans/plan-runner.ts';
import { apiUnderTest } from '../support/api/api-under-test.ts';
import { readTablesOfThisFile } from '../support/api/read-tables.ts';
import { failure, policy, request } from '../support/domain/transitions.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';
import { createSeededRandom } from '../support/worker/seeded-random.ts';
import { silentLogger } from '../support/worker/silent-logger.ts';
import { createVirtualClock } from '../support/worker/virtual-clock.ts';

const tables = readTablesOfThisFile();
/** What is asked here goes by these rows. One after the other, as the one projector of a system does. */
let projected = Promise.resolve();
function project(log: EventLog): Promise<void> {
  const next = () => tables.projectOnly([failureGroups, deadLetters, replayPlans], log);
  projected = projected.then(next, next);
  return projected;
}
const reason = 'the warehouse is back';
const claim = { worker: 'w', leaseExpiresAt: '2099-01-01T00:00:00.000Z' };
const context = { actor: { kind: 'process', process: 'test' } } as const;

let systems = 0;

/** A plan is carried out once its rows have been at the end of the log. */
async function markRowsComplete(): Promise<void> {
  const store = createProjectionStore(tables.db(), replayPlans);
  await store.markCaughtUp(await loadCheckpoint(tables.db(), projectionNameOf(replayPlans)));
}

/** A log of its own, with an API on it whose rows are of this moment whenever something is asked. */
async function system(planMaxEvents = 100) {
  const number = String(systems++);
  const log = createInMemoryLog();
  const clock = createVirtualClock();
  const random = createSeededRandom(systems);
  const permissionOf = (type: string) =>
    type.startsWith('once.') ? 'never' : type.startsWith('careful.') ? 'manual' : 'safe';
  const api = apiUnderTest({
    ...{ log, readDatabase: tables.readDatabase, planMaxEvents },
    replayPermissionOf: permissionOf,
  });
  await tables.discard();
  let events = 0;

  const handle = (id: string, command: EventCommand) =>
    handleCommand(eventAggregate, { log, clock: api.clock, random }, { id, command, context });
  async function run(id: string, generation: number, why: string | null): Promise<void> {
    const now = new Date(api.clock.now()).toISOString();
    const attempt = { generation, attempt: 1 };
    await handle(id, { kind: 'StartProcessing', ...attempt, ...claim, now });
    const outcome = { ...attempt, claim, now, durationMs: 1, handler: 'order.placed', handlerVersion: '1' };
    if (why === null) return void (await handle(id, { kind: 'CompleteProcessing', ...outcome, result: null }));
    const failed = { ...failure, retryable: false, message: why };
    await handle(id, { kind: 'FailProcessing', ...outcome, policy, jitter: 0, failure: failed });
  }
  async function deadLetter(type = 'order.placed', why = 'connection refused'): Promise<string> {
    const id = deriveUuid('replay plans', number, String(events++));
    await handle(id, { kind: 'ReceiveEvent', event: { ...request, type, idempotencyKey: id } });
    await run(id, 0, why);
    return id;
  }
  const post = async (path: string, payload: object, as = 'admin') => {
    await project(log);
    return api.call({ method: 'POST', url: `/v1/replay-plans${path}`, payload, as });
  };
  const get = async (path: string, as = 'viewer') => {
    await project(log);
    return api.call({ url: `/v1/replay-plans${path}`, as });
  };
  /** Has a process carry plans out until the plan is in this state; everything that is replayed ends as `outcome` says. */
  async function carryOut(
    planId: string,
    state: 'completed' | 'stopped',
    outcome: (id: string) => string | null = () => null,
  ) {
    let seen = log.all.length;
    const rows = createPlanRows(tables.db());
    const service = createPlanRunner({
      ...{ log, permissionOf, clock, logger: silentLogger, process: 'test' },
      rows: {
        ...rows,
        running: async () => {
          for (const { type, stream } of log.all.slice(seen)) {
            const id = stream.slice('event-'.length);
            if (type === 'ReplayRequested') await run(id, 1, outcome(id));
          }
          seen = log.all.length;
          await project(log);
          await markRowsComplete();
          return rows.running();
        },
      },
      bus: { backlog: async () => ({ waiting: 0, consumers: 1 }) },
      useCases: createUseCases({ log, clock, random }),
    });
    const isThere = (type: string) =>
      log.all.some((one) => one.type === type && one.stream === `replay-plan-${planId}`);
    await service.start();
    while (!isThere(state === 'completed' ? 'ReplayPlanCompleted' : 'ReplayPlanStopped')) {
      await clock.run(100);
      await rows.progress(planId);
    }
    await service.stop();
    return (await get(`/${planId}`)).json();
  }
  return { log, api, deadLetter, handle, run, post, get, carryOut };
}

const revisionOfDeath = 3;

describe('a set that is frozen', () => {
  it('is exactly what the filter lets through, counted, and nothing is done to it', async () => {
    const { log, deadLetter, post, get, api } = await system();
    const ids = [await deadLetter(), await deadLetter('order.paid', 'no stock of SKU-1')];
    await deadLetter('order.placed', 'another failure');
    const before = log.all.length;
    const created = await post('', { filter: { text: 'refused' }, reason });
    expect(created.statusCode).toBe(201);
    const both = await post('', { ids: [...ids, deriveUuid('of none')], reason });
    const plan = both.json();
    expect(created.json()).toMatchObject({ size: 1, filter: { text: 'refused' }, sample: [ids[0]] });
    expect(plan).toMatchObject({
      ...{ action: 'replay', state: 'frozen', reason, requestedBy: 'admin-subject', size: 2, filter: null },
      setHash: setHashOf(ids.map((eventId) => ({ eventId, revision: revisionOfDeath }))),
      progress: { waiting: 2, replayed: 0, done: 0, dead: 0, skipped: 0 },
      ...{ blocked: [], missing: [deriveUuid('of none')], start: null, stop: null },
    });
    expect(plan.counts).toMatchObject({
      byType: expect.arrayContaining([
        { name: 'order.paid', events: 1 },
        { name: 'order.placed', events: 1 },
      ]),
      byAge: [{ name: 'less than an hour', events: 2 }],
      byReplays: [{ name: 'never', events: 2 }],
    });
    expect(plan.counts.byGroup.map(({ title }: { readonly title: string }) => title).toSorted()).toEqual([
      'TypeError: connection refused',
      'TypeError: no stock of <id>',
    ]);
    expect(log.all.slice(before).every(({ stream }) => stream.startsWith('replay-plan-'))).toBe(true);
    expect((await get(`/${plan.id}`)).json()).toEqual({ ...plan, newMatches: null });
    expect(both.headers['location']).toBe(`/v1/replay-plans/${plan.id}`);
    // Before its rows are there, the history says what it is.
    const late = (await post('', { ids, reason })).json();
    expect((await api.call({ url: `/v1/replay-plans/${late.id}` })).json()).toMatchObject({ state: 'frozen', size: 2 });
  });

  it('does not grow: what matches later is counted, and left alone', async () => {
    const { deadLetter, post, get } = await system();
    await deadLetter();
    const { id } = (await post('', { filter: { type: 'order.placed' }, reason })).json();
    await deadLetter();
    expect((await get(`/${id}`)).json()).toMatchObject({ size: 1, newMatches: 1 });
  });

  it('leaves out what handlers forbid, and says so', async () => {
    const { deadLetter, post } = await system();
    const [safe, careful, once] = [await deadLetter(), await deadLetter('careful.a'), await deadLetter('once.a')];
    const filter = { attemptsAtLeast: 1 };
    expect((await post('', { filter, reason })).json()).toMatchObject({
      size: 1,
      blocked: [
        { type: 'careful.a', events: 1, why: 'manual' },
        { type: 'once.a', events: 1, why: 'never' },
      ],
    });
    expect((await post('', { ids: [safe, careful, once], reason })).json()).toMatchObject({
      size: 2,
      blocked: [{ type: 'once.a', events: 1, why: 'never' }],
    });
    expect((await post('', { filter, reason, action: 'discard' })).json()).toMatchObject({ size: 3, blocked: [] });
    const refused = await post('', { filter: { type: 'once.a' }, reason });
    expect(refused.json()).toMatchObject({ status: 409, code: 'replay-plan-empty', blocked: [{ type: 'once.a' }] });
  });

  it.each<[string, object, string]>([
    ['an empty filter', { filter: {}, reason }, '/filter'],
    ['neither a filter nor ids', { reason }, '/filter'],
    ['both', { filter: { type: 'a' }, ids: [deriveUuid('x')], reason }, '/filter'],
    ['no ids', { ids: [], reason }, '/ids'],
    ['no reason', { filter: { type: 'a' } }, '/reason'],
    ['an unknown field', { filter: { type: 'a' }, reason, dryRun: true }, '/dryRun'],
    ['an unknown filter', { filter: { type: 'a', status: 'DEAD' }, reason }, '/filter/status'],
    ['a number as text', { filter: { type: 'a', attemptsAtLeast: '3' }, reason }, '/filter/attemptsAtLeast'],
    ['an unknown action', { filter: { type: 'a' }, reason, action: 'delete' }, '/action'],
  ])('is refused with the rule: %s', async (_what, body, pointer) => {
    const { post } = await system();
    expect((await post('', body)).json()).toMatchObject({
      status: 400,
      code: 'invalid-request',
      errors: [{ pointer }],
    });
  });

  it('is refused when nothing matches, and beyond the most that is allowed', async () => {
    const { deadLetter, post } = await system(1);
    const filter = { type: 'order.placed' };
    expect((await post('', { filter, reason })).json()).toMatchObject({ status: 409, code: 'replay-plan-empty' });
    await deadLetter();
    expect((await post('', { filter, reason })).statusCode).toBe(201);
    await deadLetter();
    expect((await post('', { filter, reason })).json()).toMatchObject({
      ...{ status: 409, code: 'replay-plan-too-large', mostEvents: 1 },
    });
  });

  it('is refused rather than cut off where what handlers forbid is among the most that is allowed', async () => {
    const { deadLetter, post } = await system(2);
    for (const type of ['once.a', 'once.a', 'order.placed', 'order.placed']) await deadLetter(type);
    const filter = { attemptsAtLeast: 1 };
    expect((await post('', { filter, reason })).json()).toMatchObject({
      ...{ status: 409, code: 'replay-plan-too-large', mostEvents: 2 },
    });
  });

  it('does not count what handlers forbid as matches that came later', async () => {
    const { deadLetter, post, get } = await system();
    await deadLetter();
    await deadLetter('once.a');
    const { id } = (await post('', { filter: { attemptsAtLeast: 1 }, reason })).json();
    expect((await get(`/${id}`)).json()).toMatchObject({ size: 1, newMatches: 0 });
    await deadLetter('once.a');
    await deadLetter();
    expect((await get(`/${id}`)).json()).toMatchObject({ newMatches: 1 });
  });

  it('is made, started and aborted by those alone who may', async () => {
    const { deadLetter, post, get } = await system();
    await deadLetter();
    const body = { filter: { type: 'order.placed' }, reason };
    for (const as of ['operator', 'viewer', 'shop'])
      expect((await post('', body, as)).json()).toMatchObject({ status: 403, permission: 'plans:manage' });
    const { id } = (await post('', body)).json();
    for (const [act, given] of [
      ['start', {}],
      ['abort', { reason }],
    ] as const)
      expect((await post(`/${id}/${act}`, given, 'operator')).json()).toMatchObject({ permission: 'plans:manage' });
    expect((await get('', 'shop')).statusCode).toBe(403);
    expect((await get('', 'viewer')).json().items).toMatchObject([{ id, state: 'frozen' }]);
  });
});

describe('a plan', () => {
  it('replays its set once it is started, and each replay names it', async () => {
    const { log, deadLetter, post, carryOut, api } = await system();
    const ids = [await deadLetter(), await deadLetter(), await deadLetter()];
    const { id } = (await post('', { filter: { type: 'order.placed' }, reason })).json();
    const started = await post(`/${id}/start`, { ratePerSecond: 50 });
    expect(started.json()).toMatchObject({ state: 'running', start: { ratePerSecond: 50, canary: { events: 10 } } });
    const done = await carryOut(id, 'completed');
    expect(done).toMatchObject({ state: 'completed', progress: { waiting: 0, replayed: 0, done: 3, dead: 0 } });
    const replays = log.all.filter(({ type }) => type === 'ReplayRequested');
    expect(replays.map(({ stream }) => stream.slice('event-'.length)).toSorted()).toEqual(ids.toSorted());
    const history = (await api.call({ url: `/v1/events/${ids[0]}/history` })).json();
    expect(history.items.find(({ type }: { readonly type: string }) => type === 'ReplayRequested')).toMatchObject({
      planId: id,
      data: { reason, requestedBy: 'admin-subject' },
    });
    expect(done.steps.map(({ type }: { readonly type: string }) => type)).toEqual([
      ...['ReplayPlanRequested', 'ReplayPlanFrozen', 'ReplayPlanStarted', 'ReplayPlanCompleted'],
    ]);
  });

  it('lists what failed again and what was skipped, with the reasons, and stops itself', async () => {
    const { deadLetter, handle, post, get, carryOut } = await system();
    const ids = [await deadLetter(), await deadLetter(), await deadLetter()] as const;
    const { id } = (await post('', { ids, reason })).json();
    await handle(ids[0], { kind: 'DiscardEvent', reason: 'by hand', requestedBy: 'bob' });
    await post(`/${id}/start`, { canary: { events: 3, mayFail: 0 } });
    const stopped = await carryOut(id, 'stopped', (each) => (each === ids[1] ? 'no stock' : null));
    expect(stopped).toMatchObject({
      progress: { waiting: 0, done: 1, dead: 1, skipped: 1 },
      stop: { by: 'canary', failures: 1, settled: 2, failed: [{ eventId: ids[1], error: 'TypeError: no stock' }] },
    });
    const members = async (query: string) => (await get(`/${id}/members?${query}`)).json();
    expect((await members('outcome=dead')).items).toEqual([
      { number: expect.any(Number), eventId: ids[1], outcome: 'dead', why: 'TypeError: no stock' },
    ]);
    expect((await members('outcome=skipped')).items).toMatchObject([
      { eventId: ids[0], why: 'changed since the set was frozen; it is DISCARDED' },
    ]);
    const first = await members('limit=2');
    expect(first.items).toHaveLength(2);
    expect((await members(`from=${first.nextFrom}`)).items).toHaveLength(1);
    expect((await members('from=3')).nextFrom).toBeNull();
  });

  it('is refused a start twice, of a set that has gone, and of events of another plan under way', async () => {
    const { deadLetter, handle, post } = await system();
    const ids = [await deadLetter(), await deadLetter()] as const;
    const make = async (of: readonly string[]) => (await post('', { ids: of, reason })).json().id;
    const [one, other, gone] = [await make(ids), await make([ids[0]]), await make([ids[1]])];
    expect((await post(`/${one}/start`, {})).statusCode).toBe(200);
    expect((await post(`/${one}/start`, {})).json()).toMatchObject({
      ...{ status: 409, code: 'replay-plan-step-refused', state: 'running' },
    });
    expect((await post(`/${other}/start`, {})).json()).toMatchObject({
      ...{ status: 409, code: 'replay-plan-overlaps', planId: one, events: 1 },
    });
    await post(`/${one}/abort`, { reason });
    await handle(ids[1], { kind: 'DiscardEvent', reason: 'by hand', requestedBy: 'bob' });
    expect((await post(`/${gone}/start`, {})).json()).toMatchObject({
      ...{ status: 409, code: 'replay-plan-set-gone', left: 0, size: 1 },
    });
    expect((await post(`/${other}/start`, {})).statusCode).toBe(200);
  });

  it('is not said to have gone while its rows are not there yet', async () => {
    const { deadLetter, post, api } = await system();
    const ids = [await deadLetter()];
    const { id } = (await post('', { ids, reason })).json();
    const early = await api.call({ method: 'POST', url: `/v1/replay-plans/${id}/start`, payload: {}, as: 'admin' });
    expect(early.json()).toMatchObject({ status: 503, code: 'read-database-unavailable' });
    expect((await post(`/${id}/start`, {})).statusCode).toBe(200);
  });

  it('that was not frozen to the end is refused a start, with its rows and without', async () => {
    const { log, deadLetter, post, api } = await system();
    const ids = [await deadLetter()];
    await project(log);
    const append: EventLog['append'] = (asked) =>
      asked.transitions.some(({ type }) => type === 'ReplayPlanMembersAdded')
        ? Promise.reject(new failures.LogUnavailable('killed'))
        : log.append(asked);
    const dying = apiUnderTest({ log: { ...log, append }, readDatabase: tables.readDatabase });
    await dying.call({ method: 'POST', url: '/v1/replay-plans', payload: { ids, reason } });
    const id = log.all.at(-1)?.stream.slice('replay-plan-'.length);
    const refused = { status: 409, code: 'replay-plan-step-refused', state: 'freezing' };
    const early = await api.call({ method: 'POST', url: `/v1/replay-plans/${id}/start`, payload: {}, as: 'admin' });
    expect(early.json()).toMatchObject(refused);
    expect((await post(`/${id}/start`, {})).json()).toMatchObject(refused);
    expect((await post(`/${id}/abort`, { reason })).json()).toMatchObject({ state: 'aborted' });
  });

  it('is paused, resumed and aborted with a reason, in an order that makes sense', async () => {
    const { deadLetter, post } = await system();
    await deadLetter();
    const { id } = (await post('', { filter: { type: 'order.placed' }, reason })).json();
    expect((await post(`/${id}/pause`, { reason })).json()).toMatchObject({ status: 409, state: 'frozen' });
    await post(`/${id}/start`, {});
    for (const [act, state] of [
      ['pause', 'paused'],
      ['resume', 'running'],
      ['abort', 'aborted'],
    ] as const) {
      expect((await post(`/${id}/${act}`, {})).statusCode).toBe(400);
      expect((await post(`/${id}/${act}`, { reason })).json()).toMatchObject({ state });
    }
    expect((await post(`/${id}/resume`, { reason })).json()).toMatchObject({ status: 409, state: 'aborted' });
  });

  it('says which of its types are paused, as long as it is not over', async () => {
    const { log, deadLetter, post } = await system();
    await deadLetter();
    await deadLetter('order.paid');
    const { id } = (await post('', { filter: { text: 'refused' }, reason })).json();
    const over = (type: string) => (type === 'order.paid' ? ['order.*'] : []);
    const api = apiUnderTest({ log, readDatabase: tables.readDatabase, pauses: { over, all: () => new Map() } });
    const shown = async () => (await api.call({ url: `/v1/replay-plans/${id}` })).json();
    expect(await shown()).toMatchObject({ pausedTypes: ['order.paid'] });
    await post(`/${id}/abort`, { reason });
    await project(log);
    expect(await shown()).toMatchObject({ pausedTypes: [] });
  });

  it('that is unknown is not found', async () => {
    const { post, get } = await system();
    for (const id of [deriveUuid('none'), 'x'])
      for (const answer of [
        await get(`/${id}`),
        await get(`/${id}/members`),
        await post(`/${id}/start`, {}),
        await post(`/${id}/abort`, { reason }),
      ])
        expect(answer.json()).toMatchObject({ status: 404, code: 'replay-plan-not-found' });
  });

  it('is listed with the one that was requested last first, page by page', async () => {
    const { deadLetter, post, get } = await system();
    const event = await deadLetter();
    const ids: string[] = [];
    for (let each = 0; each < 3; each++) ids.unshift((await post('', { ids: [event], reason })).json().id);
    const idsOf = (answer: { json(): { items: { id: string }[] } }) => answer.json().items.map(({ id }) => id);
    const first = await get('?limit=2');
    const rest = await get(`?cursor=${first.json().nextCursor}&limit=2`);
    expect([...idsOf(first), ...idsOf(rest)].toSorted()).toEqual(ids.toSorted());
    expect(rest.json().nextCursor).toBeNull();
    expect(idsOf(await get('?state=running'))).toEqual([]);
    expect((await get(`?state=frozen&cursor=${first.json().nextCursor}`)).json()).toMatchObject({
      code: 'cursor-refused',
    });
  });
});

describe('a part that fails', () => {
  it.each([
    new failures.LogUnavailable('it is away'),
    new failures.LogDamaged('it contradicts itself'),
    new failures.UndecodableTransition('of a later version'),
    new failures.HistoryBroken('event-x'),
    new failures.AppendRefused('too large'),
    new failures.ConcurrencyConflict('a third writer'),
  ])('is named when a set is frozen: $code', async (ending) => {
    const { deadLetter, log } = await system();
    const id = await deadLetter();
    await project(log);
    const failing = { ...createInMemoryLog(), append: () => Promise.reject(ending) };
    const { call } = apiUnderTest({ log: failing, readDatabase: tables.readDatabase });
    const answer = await call({ method: 'POST', url: '/v1/replay-plans', payload: { ids: [id], reason } });
    expect(answer.json()).toMatchObject({ code: ending.code });
    expect(answer.body).not.toContain(ending.message);
  });

  it('keeps neither a plan from being shown nor from being paused, when it is the read tables', async () => {
    const { deadLetter, post, log } = await system();
    const ids = [await deadLetter(), await deadLetter()];
    const started = (await post('', { ids, reason })).json();
    const frozen = (await post('', { filter: { type: 'order.placed' }, reason })).json();
    await post(`/${started.id}/start`, {});
    const { call } = apiUnderTest({ log });
    const url = (id: string, verb = '') => `/v1/replay-plans/${id}${verb}`;
    expect((await call({ url: url(frozen.id) })).json()).toMatchObject({
      state: 'frozen',
      progress: null,
      newMatches: null,
    });
    const paused = await call({ method: 'POST', url: url(started.id, '/pause'), payload: { reason } });
    expect(paused.json()).toMatchObject({ state: 'paused', progress: null });
    for (const asked of [
      { url: url(started.id, '/members') },
      { method: 'POST' as const, url: url(frozen.id, '/start'), payload: {} },
    ])
      expect((await call(asked)).json()).toMatchObject({ status: 503, code: 'read-database-unavailable' });
  });
});
