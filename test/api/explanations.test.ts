import { beforeAll, describe, expect, it } from 'vitest';
import { apiUnderTest, openApi, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { readTablesOfThisFile } from '../support/api/read-tables.ts';
import { explainAll } from '../support/explaining/explained-log.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';

const tables = readTablesOfThisFile();
const log = createInMemoryLog();
const ids = { dead: '', alike: '', waiting: '', foreign: '' };

/** Two events of the client `shop` failed alike, of which the first was explained, and one waits. One of `other-shop` failed alike. */
beforeAll(async () => {
  const { server, post, clock } = openApi({ log });
  for (const name of ['dead', 'alike', 'waiting'] as const) ids[name] = (await post(order, {}, 'shop')).json().id;
  ids.foreign = (await post(order, {}, 'other-shop')).json().id;
  for (const id of [ids.dead, ids.alike, ids.foreign]) {
    const life = eventLife(log, clock, id);
    await life.start();
    await life.failForGood();
  }
  await explainAll(log);
  await tables.project(log);
  await server.close();
});

const api = () => apiUnderTest({ log, readDatabase: tables.readDatabase });
const asked = (id: string, as = 'viewer') => api().call({ url: `/v1/events/${id}/explanation`, as });

describe('the explanation of a dead letter', () => {
  it('is that of its group, and says what it rests on', async () => {
    const answer = await asked(ids.dead);
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.json()).toMatchObject({
      ...{ eventId: ids.dead, eventRevision: 2, provider: 'rules', fallbacks: [] },
      restsOn: [{ source: 'transition', revision: 2, quote: 'TypeError' }],
    });
    expect((await asked(ids.alike)).json()).toEqual(answer.json());
  });

  it('is of a client its own, and of another one as that of an unknown event', async () => {
    const unknown = '0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d';
    expect((await asked(ids.dead, 'shop')).statusCode).toBe(200);
    const foreign = await asked(ids.dead, 'other-shop');
    expect([foreign.statusCode, foreign.body]).toEqual([404, (await asked(unknown, 'other-shop')).body]);
    expect((await asked('no-id')).json()).toMatchObject({ code: 'event-not-found' });
  });

  it('is of a client its own or that of another event of its own, and never that of another client', async () => {
    expect((await asked(ids.alike, 'shop')).json()).toMatchObject({ eventId: ids.dead });
    expect((await asked(ids.foreign)).json()).toMatchObject({ eventId: ids.dead });
    const answer = await asked(ids.foreign, 'other-shop');
    expect(answer.json()).toMatchObject({ code: 'explanation-not-found', status: 404 });
    expect(answer.body).not.toContain(ids.dead);
  });

  it('is not there for what has not failed, or was not explained yet', async () => {
    expect((await asked(ids.waiting)).json()).toMatchObject({ code: 'explanation-not-found', status: 404 });
    const { post, clock, call } = apiUnderTest({ readDatabase: tables.readDatabase, log: createInMemoryLog() });
    const { id } = (await post({ ...order, type: 'order.new' }, {}, 'shop')).json();
    expect(clock.now()).toBeGreaterThan(0);
    expect((await call({ url: `/v1/events/${id}/explanation` })).json().detail).toContain('No attempt');
  });

  it('cannot be said while the read tables are away', async () => {
    const { call } = apiUnderTest({ log });
    expect((await call({ url: `/v1/events/${ids.dead}/explanation` })).json()).toMatchObject({
      code: 'read-database-unavailable',
    });
  });
});
