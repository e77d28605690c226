import { describe, expect, it, onTestFinished } from 'vitest';
import type { ConfiguredType } from '../../src/application/event-types/configured-types.ts';
import { followTypePauses } from '../../src/application/event-types/follow-type-pauses.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { manualClock } from '../support/api/manual-clock.ts';
import { readTablesOfThisFile } from '../support/api/read-tables.ts';
import { policy } from '../support/domain/transitions.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';
import { silentLogger } from '../support/worker/silent-logger.ts';

const tables = readTablesOfThisFile();
const reason = 'the warehouse moves';
const configured = (name: string): ConfiguredType => ({
  ...{ name, version: '1', retry: policy, timeoutMs: 30_000, replay: 'safe' },
});

/** An API that hears of pauses as the log has them. */
async function system({ withRows = false } = {}) {
  const log = createInMemoryLog();
  const pauses = followTypePauses({ log, clock: manualClock(), logger: silentLogger });
  onTestFinished(() => pauses.stop());
  await pauses.start();
  const all = [configured('order.*'), configured('user.created')];
  const configuredTypes = {
    all,
    of: (type: string) => all.find(({ name }) => name === type || type.startsWith(name.slice(0, -1))) ?? null,
  };
  const api = apiUnderTest({
    ...{ log, pauses, configuredTypes },
    ...(withRows ? { readDatabase: tables.readDatabase } : {}),
  });
  if (withRows) await tables.discard();
  const heard = () => new Promise((resolve) => setImmediate(resolve));
  const operate = async (verb: string, name: string, { as = 'admin', why = reason } = {}) => {
    const url = `/v1/types/${encodeURIComponent(name)}/${verb}`;
    const answer = await api.call({ method: 'POST', url, payload: { reason: why }, as });
    await heard();
    return answer;
  };
  const types = async () => (await api.call({ url: '/v1/types' })).json();
  return { ...api, log, operate, types, project: () => tables.project(log) };
}

const pause = { since: expect.any(String), by: 'admin-subject', reason };

describe('types of events', () => {
  it('are those of the configuration and those that are paused, with how many events wait', async () => {
    const { operate, types, post, log, clock, project } = await system({ withRows: true });
    const ids = [];
    for (const type of ['order.placed', 'order.placed', 'order.paid', 'user.created', 'other'])
      ids.push((await post({ ...order, type }, { 'idempotency-key': `${ids.length}` })).json().id);
    const life = eventLife(log, clock, String(ids[0]));
    await life.start();
    await operate('pause', 'order.placed');
    await project();
    const listed = await types();
    expect(listed).toMatchObject({
      items: [
        { name: 'order.*', handler: { name: 'order.*', timeoutMs: 30_000 }, pause: null, waiting: 2 },
        { name: 'order.placed', handler: { name: 'order.*' }, pause: { name: 'order.placed', ...pause }, waiting: 1 },
        { name: 'user.created', pause: null, waiting: 1 },
      ],
      waitingIsComplete: true,
    });
  });

  it('are known without their rows, too', async () => {
    const { types, operate } = await system();
    await operate('pause', 'order.*');
    expect((await types()).items).toMatchObject([
      { name: 'order.*', pause: { name: 'order.*', ...pause }, waiting: null },
      { name: 'user.created', pause: null },
    ]);
  });
});

describe('a pause', () => {
  it('is answered with the type, and a second one with the first', async () => {
    const { operate } = await system();
    expect((await operate('pause', 'order.placed')).json()).toMatchObject({
      pause: { name: 'order.placed', ...pause },
    });
    expect((await operate('pause', 'order.placed', { as: 'operator', why: 'again' })).json()).toMatchObject({
      ...{ status: 409, code: 'type-paused', pause },
      detail: expect.stringContaining('admin-subject paused it'),
    });
    expect((await operate('resume', 'order.placed')).json()).toMatchObject({ name: 'order.placed', pause: null });
    expect((await operate('resume', 'order.placed')).json()).toMatchObject({ status: 409, code: 'type-not-paused' });
  });

  it.each(['invoice.sent', 'user.*', '*', 'no type'])(
    'of %s, which no handler is for, names those that there are',
    async (name) => {
      const { operate } = await system();
      expect((await operate('pause', name)).json()).toMatchObject({
        ...{ status: 404, code: 'type-not-found', known: ['order.*', 'user.created'] },
      });
    },
  );

  it('needs a reason and the permission, which operators have', async () => {
    const { operate, call } = await system();
    expect((await operate('pause', 'order.*', { why: '' })).statusCode).toBe(400);
    for (const as of ['viewer', 'auditor', 'shop'])
      expect((await operate('pause', 'order.*', { as })).json()).toMatchObject({ code: 'permission-missing' });
    expect((await operate('pause', 'order.*', { as: 'operator' })).statusCode).toBe(200);
    expect((await call({ url: '/v1/types', as: 'shop' })).statusCode).toBe(403);
  });

  it('is shown with each event that waits because of it, until it ends', async () => {
    const { operate, post, call, log, clock, project } = await system({ withRows: true });
    const { id } = (await post({ ...order, type: 'order.placed' })).json();
    await operate('pause', 'order.*');
    await project();
    const shown = { status: 'RECEIVED', attempts: 0, pause: { name: 'order.*', since: expect.any(String), reason } };
    const before = await call({ url: `/v1/events/${id}` });
    expect(before.json()).toMatchObject(shown);
    expect((await call({ url: '/v1/events' })).json().items).toMatchObject([shown]);
    const { etag } = before.headers;
    await operate('resume', 'order.*');
    const after = await call({ url: `/v1/events/${id}`, headers: { 'if-none-match': String(etag) } });
    expect(after.json().pause).toBeUndefined();
    await operate('pause', 'order.*');
    await eventLife(log, clock, id).start();
    expect(
      (await call({ url: `/v1/events/${id}?minRevision=1` })).json().pause,
      'what runs is held by none',
    ).toBeUndefined();
  });

  it('of a type that is in the configuration no longer can be ended', async () => {
    const { log, operate } = await system();
    await operate('pause', 'order.*');
    const pauses = followTypePauses({ log, clock: manualClock(), logger: silentLogger });
    onTestFinished(() => pauses.stop());
    await pauses.start();
    await pauses.caughtUp();
    const api = apiUnderTest({ log, pauses, configuredTypes: { all: [], of: () => null } });
    expect((await api.call({ url: '/v1/types' })).json().items).toMatchObject([{ name: 'order.*', handler: null }]);
    const resumed = await api.call({ method: 'POST', url: '/v1/types/order.*/resume', payload: { reason } });
    expect(resumed.json()).toMatchObject({ pause: null });
  });
});
