import { describe, expect, it } from 'vitest';
import { ReadDatabaseUnavailable } from '../../src/application/failures.ts';
import { createUseCases } from '../../src/application/use-cases.ts';
import type { RecordRebuild } from '../../src/domain/rebuild/commands.ts';
import { type ReportedProgress, reportProgress } from '../../src/projections/rebuild/report-progress.ts';
import { type ApiUnderTest, apiUnderTest } from '../support/api/api-under-test.ts';
import { readTablesOfThisFile } from '../support/api/read-tables.ts';

const tables = readTablesOfThisFile();
const unknown = '091e518e-cffb-86e7-867b-354763635bbd';
const headers = { 'content-type': 'application/json' };

type Without<Field extends string, Command> = Command extends unknown ? Omit<Command, Field> : never;

/** The API, and what a process would record. */
function rebuilding(given: Parameters<typeof apiUnderTest>[0] = { readDatabase: tables.readDatabase }) {
  const api = apiUnderTest(given);
  const { operateRebuild } = createUseCases({
    ...{ log: api.log, clock: api.clock },
    random: { uuid: () => crypto.randomUUID(), fraction: () => 0 },
  });
  const post = (path: string, body: unknown, as = 'operator') =>
    api.call({ as, method: 'POST', url: `/v1/projections/${path}`, headers, payload: JSON.stringify(body) });
  return {
    ...api,
    request: (as?: string, name = 'events') => post(`${name}/rebuilds`, { reason: 'a row looks wrong' }, as),
    act: (id: string, act: string, more: object = {}) =>
      post(`events/rebuilds/${id}/${act}`, { reason: 'seen', ...more }),
    get: (id: string, name = 'events') => api.call({ url: `/v1/projections/${name}/rebuilds/${id}`, as: 'operator' }),
    async record(...records: readonly Without<'now', RecordRebuild>[]) {
      const context = { actor: { kind: 'process', process: 'projector' } } as const;
      for (const command of records) await operateRebuild({ projection: 'events', command, context });
    },
  };
}

const filled = (id: string) => ({ kind: 'RecordFilled', id, transitions: 3, durationMs: 5 }) as const;
const compared = (id: string, rowsThatDiffer: number): Without<'now', RecordRebuild> => ({
  ...{ kind: 'RecordCompared', id, report: { differences: [], notCompared: [], rows: 10, rowsThatDiffer } },
});

async function requested(api: ReturnType<typeof rebuilding>): Promise<string> {
  const answer = await api.request();
  expect(answer.statusCode, answer.body).toBe(202);
  return answer.json().id;
}

describe('a rebuild', () => {
  it('is requested by operators and admins, with a reason', async () => {
    for (const as of ['viewer', 'auditor', 'shop'])
      expect((await rebuilding().request(as)).json()).toMatchObject({ code: 'permission-missing' });
    for (const as of ['operator', 'admin'])
      expect((await rebuilding().request(as)).json()).toMatchObject({
        ...{ projection: 'events', version: 1, step: 'filling', outcome: null, reason: 'a row looks wrong' },
        ...{ requestedBy: `${as}-subject`, progress: null, report: null },
      });
  });

  it('is refused to the second who asks, who hears who is at it, since when, and what to do', async () => {
    const api = rebuilding();
    const id = await requested(api);
    const answer = await api.request('admin');
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({
      ...{ code: 'rebuild-under-way', rebuild: { id, step: 'filling', requestedBy: 'operator-subject' } },
      detail: expect.stringContaining('Wait until it has been compared, or cancel it.'),
    });
    expect((await api.request('admin', 'statistics')).statusCode).toBe(202);
  });

  it('of a read model that is not there is not found, nor is one that is not there', async () => {
    const api = rebuilding();
    expect((await api.request('admin', 'invoices')).json()).toMatchObject({
      ...{ code: 'projection-not-found', status: 404 },
      detail: expect.stringContaining('events'),
    });
    expect((await api.get(unknown, 'invoices')).json()).toMatchObject({ code: 'projection-not-found' });
    expect((await api.get(unknown)).json()).toMatchObject({ code: 'rebuild-not-found', status: 404 });
    expect((await api.act(unknown, 'promote')).json()).toMatchObject({ code: 'rebuild-not-found' });
    expect((await api.act(unknown, 'forget')).json()).toMatchObject({ code: 'not-found' });
    const elsewhere = { method: 'POST', headers, payload: '{"reason":"x"}', as: 'operator' } as const;
    const url = `/v1/projections/invoices/rebuilds/${unknown}/cancel`;
    expect((await api.call({ ...elsewhere, url })).json()).toMatchObject({ code: 'projection-not-found' });
  });

  it('with differences is not promoted before they are accepted', async () => {
    const api = rebuilding();
    const id = await requested(api);
    expect((await api.act(id, 'promote')).json()).toMatchObject({ code: 'rebuild-step-refused', step: 'filling' });
    await api.record(filled(id), compared(id, 2));
    const answer = await api.act(id, 'promote');
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ code: 'rebuild-differs', rows: 10, rowsThatDiffer: 2 });
    const accepted = await api.act(id, 'promote', { acceptDifferences: true });
    expect(accepted.json()).toMatchObject({ step: 'promoting', differencesAccepted: true });
    expect(accepted.json().history.slice(-2)).toMatchObject([
      { type: 'RebuildDifferencesAccepted', by: 'operator-subject', reason: 'seen' },
      { type: 'RebuildPromotionRequested', by: 'operator-subject', reason: 'seen' },
    ]);
  });

  it('has nothing to roll back to before it was promoted; afterwards it goes back, or drops the rows of before', async () => {
    const api = rebuilding();
    const id = await requested(api);
    await api.record(filled(id), compared(id, 0));
    expect((await api.act(id, 'rollback')).json()).toMatchObject({
      ...{ code: 'nothing-to-roll-back-to', status: 409, step: 'compared' },
      detail: expect.stringContaining('Promote it'),
    });
    expect((await api.act(id, 'compare')).json()).toMatchObject({ step: 'comparing' });
    await api.record(compared(id, 0));
    await api.act(id, 'promote');
    await api.record({ kind: 'RecordPromoted', id });
    expect((await api.act(id, 'cancel')).json()).toMatchObject({ code: 'rebuild-step-refused', step: 'promoted' });
    expect((await api.act(id, 'rollback')).json()).toMatchObject({ step: 'rolling-back', outcome: 'promoted' });
  });

  it('that was cancelled stays to be seen, and leaves the read model to the next', async () => {
    const api = rebuilding();
    const id = await requested(api);
    expect((await api.act(id, 'cancel')).json()).toMatchObject({ step: 'dropping', outcome: 'cancelled' });
    await api.record({ kind: 'RecordDropped', id });
    await requested(api);
    expect((await api.get(id)).json()).toMatchObject({ step: 'dropped', outcome: 'cancelled' });
  });

  it('without a reason, or with something else, is not valid', async () => {
    const api = rebuilding();
    const id = await requested(api);
    for (const url of ['events/rebuilds', `events/rebuilds/${id}/cancel`]) {
      const payload = JSON.stringify({ why: 'x' });
      const answer = await api.call({ method: 'POST', url: `/v1/projections/${url}`, headers, payload });
      expect(answer.json()).toMatchObject({ code: 'invalid-request', status: 400 });
    }
  });
});

describe('how far a rebuild is', () => {
  const report = (progress: Partial<ReportedProgress> & { readonly rebuildId: string }) =>
    reportProgress(tables.db(), 'events', {
      ...{ work: 'filling', handled: 0n, head: 1_000n, transitions: 0, rowsCompared: 0, rate: 100, waitsFor: null },
      ...progress,
    });
  const progressIn = async ({ get }: Pick<ReturnType<typeof rebuilding>, 'get'>, id: string) =>
    (await get(id)).json().progress;

  it('never goes back, nor past the whole, though the log grows and a process begins where another ended', async () => {
    const api = rebuilding();
    const id = await requested(api);
    const shares: number[] = [];
    for (const [handled, head] of [
      ...([[100n, 1_000n] as const, [500n, 1_000n] as const, [500n, 5_000n] as const] as const),
      ...([[0n, 5_000n] as const, [4_000n, 5_000n] as const, [6_000n, 5_000n] as const] as const),
    ]) {
      await report({ rebuildId: id, handled, head });
      shares.push((await progressIn(api, id)).share);
    }
    expect(shares).toEqual([0.1, 0.5, 0.5, 0.5, 0.8, 1]);
    expect(await progressIn(api, id)).toMatchObject({ handled: 6_000, head: 5_000, rate: 100, timeLeftSeconds: 0 });
  });

  it('is of another rebuild from the beginning', async () => {
    const api = rebuilding();
    const id = await requested(api);
    await report({ rebuildId: id, handled: 10n });
    expect(await progressIn(api, id)).toMatchObject({ share: 0.01, timeLeftSeconds: 10 });
  });

  it('says why nothing moves, and that no process works on it', async () => {
    const api = rebuilding();
    const id = await requested(api);
    await report({ rebuildId: id, waitsFor: 'filling: the disk is full' });
    api.clock.advance(Date.now() - api.clock.now());
    expect(await progressIn(api, id)).toMatchObject({ waitsFor: 'filling: the disk is full' });
    api.clock.advance(120_000);
    expect((await progressIn(api, id)).waitsFor).toContain('no process has worked on it since');
  });
});

describe('the list of read models', () => {
  const list = (api: Pick<ApiUnderTest, 'call'>, as = 'operator') => api.call({ url: '/v1/projections', as });

  it('has each with its version and its last rebuild', async () => {
    const api = rebuilding();
    const id = await requested(api);
    const { items } = (await list(api)).json();
    expect(items.map(({ name }: { readonly name: string }) => name)).toEqual([
      ...['due-work', 'events', 'access-records', 'statistics', 'explanations', 'failure-groups'],
      ...['dead-letters', 'replay-plans', 'failure-texts'],
    ]);
    expect(items[1]).toMatchObject({ newestVersion: 1, rebuild: { id, step: 'filling' } });
    expect(items[0]).toMatchObject({ rebuild: null });
    expect((await list(api, 'viewer')).statusCode).toBe(403);
  });

  it('is answered while the read tables are unavailable, without what they alone know', async () => {
    const readDatabase = () => {
      throw new ReadDatabaseUnavailable('it is away');
    };
    const api = rebuilding({ readDatabase });
    const id = await requested(api);
    expect((await list(api)).json().items[1]).toMatchObject({ version: null, rebuild: { id, progress: null } });
    expect((await api.get(id)).json()).toMatchObject({ id, progress: null });
  });
});
