import { beforeAll, describe, expect, it } from 'vitest';
import { deriveUuid } from '../../src/application/event-identity.ts';
import { EmbeddingFailed } from '../../src/application/ports/embedding-provider.ts';
import { localEmbeddings } from '../../src/application/similar/local-embeddings.ts';
import { apiUnderTest, openApi, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { readTablesOfThisFile } from '../support/api/read-tables.ts';
import { explainAll } from '../support/explaining/explained-log.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';
import { failureOf, indexTexts } from '../support/similar/labelled-log.ts';

const tables = readTablesOfThisFile();
const log = createInMemoryLog();
const texts = {
  asked: 'Error: connect ECONNREFUSED 10.0.0.7:5432',
  worded: 'DatabaseError: the database refused to connect',
  foreign: 'StoreException: connection refused by the store',
  other: 'BarcodeError: the label has eleven digits',
} as const;
const ids: Record<string, string> = {};
/** By what they say. */
const groups: Record<string, string> = {};

/** Events of the client `shop`, and one of `other-shop`, that became dead letters. One that was worded otherwise was replayed, and its group resolved. */
beforeAll(async () => {
  const first = openApi({ log });
  for (const [name, text] of [...Object.entries(texts), ['again', texts.worded], ['waiting', null]] as const) {
    const id = (await first.post(order, {}, name === 'foreign' ? 'other-shop' : 'shop')).json().id;
    ids[name] = id;
    if (text === null) continue;
    const life = eventLife(log, first.clock, id);
    await life.start();
    await life.failForGood(failureOf(text));
  }
  const replayed = await first.call({
    ...{ method: 'POST', url: `/v1/events/${ids['again']}/replay`, as: 'admin' },
    payload: { reason: 'The pool is larger now.' },
  });
  if (replayed.statusCode !== 202) throw new Error(replayed.body);
  const again = eventLife(log, first.clock, ids['again'] ?? '', 1);
  await again.start();
  await again.succeed();
  await explainAll(log);
  await tables.project(log);
  await first.server.close();

  const second = openApi({ log, readDatabase: tables.readDatabase });
  for (const { id, title } of (await second.call({ url: '/v1/failure-groups', as: 'viewer' })).json().items)
    groups[title] = id;
  const resolved = await second.call({
    ...{ method: 'POST', url: `/v1/failure-groups/${groups[texts.worded]}/resolve`, as: 'operator' },
    payload: { note: 'The pool was too small.' },
  });
  if (resolved.statusCode !== 200) throw new Error(resolved.body);
  await second.server.close();
  await tables.project(log);
  await indexTexts(tables.db());
});

const api = (more = {}) => apiUnderTest({ log, readDatabase: tables.readDatabase, ...more });
const similarTo = (name: string, as = 'viewer', more = {}) =>
  api(more).call({ url: `/v1/events/${ids[name]}/similar`, as });
const search = (payload: object, as = 'viewer') => api().call({ method: 'POST', url: '/v1/similar', payload, as });

describe('failures like that of an event', () => {
  it('are those with another wording of the same, with what was said and done about them, and why they are like it', async () => {
    const answer = await similarTo('asked');
    expect(answer.statusCode, answer.body).toBe(200);
    const { items, model } = answer.json();
    expect(model).toBe(localEmbeddings.model);
    const worded = items.find(
      ({ failureGroup }: { failureGroup: { id: string } }) => failureGroup.id === groups[texts.worded],
    );
    expect(worded).toMatchObject({
      failureGroup: {
        status: 'resolved',
        note: 'The pool was too small.',
        replays: { processed: 1, failed: 0 },
        events: 2,
      },
      why: {
        text: 'Both are about connection refused, and both say “connect”.',
        ...{ sharedOperations: ['connection refused'], sharedWords: ['connect'], sameClass: false, sameHandler: true },
      },
      explanation: { provider: 'rules' },
    });
    expect(worded.why.vectorDistance).toBeLessThan(0.55);
    expect(JSON.stringify(items)).not.toContain('BarcodeError');
    expect(JSON.stringify(items)).not.toContain(`"eventId":"${ids['asked']}"`);
  });

  it('are none where nothing is similar enough, or where the event has not failed', async () => {
    expect((await similarTo('other')).json().items).toEqual([]);
    expect((await similarTo('waiting')).json().items).toEqual([]);
  });

  it('are other events of its own group, too', async () => {
    const { items } = (await similarTo('worded')).json();
    expect(items[0]).toMatchObject({ failureGroup: { id: groups[texts.worded] }, eventId: ids['again'] });
  });

  it('are of a client its own alone, without what is counted and noted of all', async () => {
    const { items } = (await similarTo('asked', 'shop')).json();
    expect(items.map(({ eventId }: { eventId: string }) => eventId)).toEqual([ids['again']]);
    expect(items[0].failureGroup).toMatchObject({
      events: null,
      dead: null,
      replays: null,
      note: null,
      lastSeenAt: null,
    });
    const [foreign, unknown] = [
      await similarTo('foreign', 'shop'),
      await api().call({ url: `/v1/events/${deriveUuid('unknown')}/similar`, as: 'shop' }),
    ];
    expect([foreign.statusCode, foreign.body]).toEqual([404, unknown.body]);
    expect((await similarTo('foreign', 'other-shop')).json().items).toEqual([]);
    expect((await search({ text: texts.asked }, 'shop')).json()).toMatchObject({ permission: 'events:read' });
  });

  it('are found by words alone while a model gives no vectors', async () => {
    const embeddings = { ...localEmbeddings, embed: () => Promise.reject(new EmbeddingFailed('no answer')) };
    const { items } = (await similarTo('worded', 'viewer', { embeddings })).json();
    expect(items[0]).toMatchObject({ failureGroup: { id: groups[texts.worded] }, why: { vectorDistance: null } });
  });
});

describe('failures like a text', () => {
  it('are found by what is said in other words, at most as many as asked for', async () => {
    const { items } = (await search({ text: 'postgres refuses our connections', limit: 1 })).json();
    expect(items).toHaveLength(1);
    expect(items[0].why.sharedOperations).toEqual(['connection refused']);
  });

  it('are none for a text like no other, and for one that says nothing', async () => {
    for (const text of ['the moon is bright tonight', '???', "' | \\ & ! :* <->"])
      expect((await search({ text })).json()).toMatchObject({ items: [] });
  });

  it('are found in the largest text that is taken, whatever is in it', async () => {
    const said = 'connection refused by the database: ';
    const filled = (filling: string) => `${said}${filling.repeat(4_000)}`.slice(0, 4_000);
    for (const filling of ['x', ' ', "' | & ! ( ", '\\', '😀', '%_', '<-> '])
      expect((await search({ text: filled(filling) })).statusCode, JSON.stringify(filling)).toBe(200);
    expect((await search({ text: filled('; ') })).json().items.length).toBeGreaterThan(0);
  });

  it('cannot be asked for with an empty text, or more than there is room for', async () => {
    for (const payload of [
      { text: ' ' },
      { text: 'x', limit: 51 },
      {},
      { text: 'x'.repeat(4_001) },
      { text: '\ud800' },
      { text: '\0' },
    ])
      expect((await search(payload)).statusCode).toBe(400);
  });
});
