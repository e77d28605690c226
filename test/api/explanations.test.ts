import { Socket } from 'node:net';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { failuresActions } from '../../src/main/failures.ts';
import { apiUnderTest, openApi, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { listening } from '../support/api/listening.ts';
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

describe('a dead letter', () => {
  const get = (id: string, as = 'viewer', headers = {}) => api().call({ url: `/v1/events/${id}`, as, headers });
  const list = async (as = 'viewer', path = 'dead-letters') =>
    (await api().call({ url: `/v1/${path}`, as })).json().items;

  it('comes with its failure group and its explanation', async () => {
    const explanation = (await asked(ids.dead)).json();
    const answer = await get(ids.dead);
    expect(answer.json()).toMatchObject({ failureGroupId: explanation.failureGroupId, explanation });
    expect((await get(ids.alike)).json()).toMatchObject({ status: 'DEAD', explanation });
    expect((await get(ids.waiting)).json()).not.toHaveProperty('explanation');
  });

  it('comes with them in short in lists', async () => {
    const { failureGroupId, summary, probableCause, confidence, provider } = (await asked(ids.dead)).json();
    const inShort = { failureGroupId, explanation: { summary, probableCause, confidence, provider } };
    const items = await list();
    expect(items).toHaveLength(3);
    for (const item of items) expect(item).toMatchObject(inShort);
    const all: { readonly status: string }[] = await list('viewer', 'events');
    expect(all.filter((item) => 'explanation' in item).map(({ status }) => status)).toEqual(['DEAD', 'DEAD', 'DEAD']);
  });

  it('of a client comes with what was said of its own events alone', async () => {
    expect((await get(ids.alike, 'shop')).json()).toMatchObject({ explanation: { eventId: ids.dead } });
    const foreign = (await get(ids.foreign, 'other-shop')).json();
    expect([foreign.status, foreign.explanation]).toEqual(['DEAD', null]);
    expect(await list('other-shop')).toMatchObject([{ id: ids.foreign, explanation: null }]);
    expect(await list('shop')).toMatchObject(Array.from({ length: 2 }, () => ({ explanation: { provider: 'rules' } })));
  });

  it('has another ETag once it is explained', async () => {
    const bare = await apiUnderTest({ log }).call({ url: `/v1/events/${ids.dead}` });
    expect(bare.json()).toMatchObject({ status: 'DEAD', failureGroupId: null, explanation: null });
    const explained = await get(ids.dead, 'admin', { 'if-none-match': bare.headers.etag });
    expect(explained.statusCode).toBe(200);
    const again = await get(ids.dead, 'admin', { 'if-none-match': explained.headers.etag });
    expect([again.statusCode, again.headers.etag]).toEqual([304, explained.headers.etag]);
  });

  it('is as it was, without them, at a moment', async () => {
    const then = await api().call({ url: `/v1/events/${ids.dead}?asOf=9999-01-01T00:00:00.000Z` });
    expect(then.json()).toMatchObject({ status: 'DEAD' });
    expect(then.json()).not.toHaveProperty('explanation');
  });
});

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

  it('is the same when its rows are rebuilt from the log, for which no connection is opened', async () => {
    const names = ['explanations', 'failure_groups', 'failure_group_acts', 'failed_events'];
    const before = await tables.contentsOf(names);
    const connect = vi.spyOn(Socket.prototype, 'connect');
    onTestFinished(() => connect.mockRestore());
    await tables.discard();
    expect(await tables.contentsOf(names)).not.toEqual(before);
    await tables.project(log);
    expect(await tables.contentsOf(names)).toEqual(before);
    expect(connect).not.toHaveBeenCalled();
  });

  it('cannot be said while the read tables are away', async () => {
    const { call } = apiUnderTest({ log });
    expect((await call({ url: `/v1/events/${ids.dead}/explanation` })).json()).toMatchObject({
      code: 'read-database-unavailable',
    });
  });
});

describe('from the command line', () => {
  /** What a command prints. */
  async function running(as = 'admin') {
    const { url } = await listening(apiUnderTest({ log, readDatabase: tables.readDatabase, explains: true }));
    const actions = failuresActions(readConfig({ EVENTOPS_URL: url, EVENTOPS_TOKEN: as }));
    const printed: string[] = [];
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, 'write').mockImplementation((text) => (printed.push(String(text)), true));
    onTestFinished(() => void vi.restoreAllMocks());
    return { actions, printed: () => printed.splice(0).join('') };
  }
  const output = 'table';

  it('an explanation reads as text, with what to do and what it rests on', async () => {
    const { actions, printed } = await running();
    await actions.explain({ id: ids.alike, again: false, output });
    const text = printed();
    expect(text).toMatch(/^The code of the handler is wrong/);
    expect(text).toContain(`revision 2 of ${ids.dead}, another event of its failure group; failure group `);
    expect(text).toMatch(/Why, with \w+ confidence: /);
    expect(text).toMatch(/What to do\n {2}1\. .+ \(only looks\)\n/);
    expect(text).toMatch(/It rests on\n {2}revision 2: TypeError\n/);
    expect(text).toMatch(/Said by rules \(rules-1\) at \d{4}-/);
    await actions.explain({ id: ids.alike, again: false, output: 'json' });
    expect(JSON.parse(printed())).toEqual((await asked(ids.alike)).json());
  });

  it('what is not there is refused with what the system says', async () => {
    const { actions } = await running();
    await expect(actions.explain({ id: ids.waiting, again: false, output })).rejects.toThrow('No attempt of the event');
    const unknown = '0b6c3f0e-63a4-8a0b-9b0e-5f0c2f4f7f3d';
    await expect(actions.show({ id: unknown, output })).rejects.toThrow(/^Refused: /);
    const { actions: ofShop } = await running('shop');
    await expect(ofShop.list({ limit: 1, output })).rejects.toThrow(/permission/);
  });

  it('an event is explained once more, and that is shown', async () => {
    const { actions, printed } = await running();
    const again = actions.explain({ id: ids.alike, again: true, output: 'json' });
    await vi.waitFor(async () => {
      const all = (await log.readStream(`failures-${(await asked(ids.dead)).json().failureGroupId}`)) ?? [];
      expect(all.map(({ type }) => type)).toContain('ExplanationRequested');
    });
    await explainAll(log);
    await tables.project(log);
    await again;
    expect(JSON.parse(printed())).toMatchObject({ eventId: ids.alike });
  });

  it('failure groups are listed, shown and resolved', async () => {
    const { actions, printed } = await running();
    await actions.list({ limit: 1, output: 'json' });
    const [{ id, title }] = JSON.parse(printed());
    const note = 'the handler\u001b[31m checks for lines now';
    await actions.resolve({ id, note: 'the handler checks for lines now', handlerVersion: '2', output });
    expect(printed()).toBe(`${id} is resolved. POST /v1/failure-groups/${id}/undo with the act 2 takes it back\n`);
    await expect(actions.resolve({ id, note, output })).rejects.toThrow(/note/);
    await tables.project(log);
    await actions.list({ limit: 200, status: 'resolved', handler: 'order.placed', output });
    const [titles, line] = printed().split('\n');
    expect(titles).toMatch(/^ID +STATUS +EVENTS +DEAD +LAST SEEN +HANDLER +FAILURE$/);
    expect(line).toMatch(new RegExp(`^${id} +resolved +3 +3 +\\S+ +order\\.placed +${title}$`));
    await actions.show({ id, output });
    const shown = printed();
    expect(shown).toContain(`${id}, resolved `);
    expect(shown).toMatch(/2 {2}FailureGroupResolved by admin-subject: the handler checks for lines now\n/);
    expect(shown).toMatch(/3 events, 3 failed attempts, 3 times a dead letter/);
  });
});
