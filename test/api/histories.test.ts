import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { reportingBrokenHistories } from '../../src/application/broken-histories.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';
import { type Falsification, falsified } from '../support/falsified-log.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`;
};

/** What an auditor knows: the rule of docs/histories.md, and nothing of us. */
function isTrue(answer: string): boolean {
  const { items } = JSON.parse(answer);
  let previous = '0'.repeat(64);
  return items.every(({ hash, data, ...envelope }: Record<string, unknown>, index: number) => {
    const holds = envelope['revision'] === index && envelope['prevHash'] === previous;
    previous = String(hash);
    return holds && sha256(canonical({ ...envelope, dataSha256: sha256(canonical(data)) })) === hash;
  });
}

async function withHistory() {
  const sound = createInMemoryLog();
  const writing = apiUnderTest({ log: sound });
  const headers = { 'x-request-id': '0b0f5f0e-3f5c-4e43-9a57-5d1e5ff8a111' };
  const { id } = (await writing.post({ ...order, payload: { 'é"\u2028': [1.5e300, -0, 'x\ny'] } }, headers)).json();
  const life = eventLife(sound, writing.clock, id);
  await life.start();
  await life.failForGood();
  await writing.call({ method: 'POST', url: `/v1/events/${id}/replay`, payload: { reason: 'fixed' } });
  return { sound, id, history: () => writing.call({ url: `/v1/events/${id}/history` }) };
}

describe('a history', () => {
  it('names the address of each act, and of nothing else', async () => {
    const { items } = (await (await withHistory()).history()).json();
    const addresses = items.map(({ type, address }: Record<string, unknown>) => [type, address]);
    expect(addresses.filter(([, address]: unknown[]) => address !== undefined)).toEqual([
      ['ReplayRequested', '127.0.0.1'],
    ]);
  });

  it('tells every transition with who, when and why', async () => {
    const { id, history } = await withHistory();
    const answer = await history();
    expect(answer.statusCode).toBe(200);
    const { items, verified } = answer.json();
    expect(verified).toBe(true);
    expect(items.map(({ type }: { type: string }) => type)).toEqual([
      'EventReceived',
      'ProcessingStarted',
      'ProcessingFailed',
      'EventDeadLettered',
      'ReplayRequested',
    ]);
    expect(items[0]).toEqual({
      stream: `event-${id}`,
      revision: 0,
      id: expect.any(String),
      type: 'EventReceived',
      schemaVersion: 1,
      recordedAt: '2030-01-01T00:00:00.000Z',
      actor: expect.objectContaining({ kind: 'principal', subject: 'admin-subject' }),
      correlationId: `event-${id}`,
      causationId: '0b0f5f0e-3f5c-4e43-9a57-5d1e5ff8a111',
      requestId: '0b0f5f0e-3f5c-4e43-9a57-5d1e5ff8a111',
      prevHash: '0'.repeat(64),
      hash: expect.any(String),
      data: expect.objectContaining({ type: 'order.placed', clientId: 'admin' }),
    });
    expect(items[1].actor).toEqual({ kind: 'process', process: 'worker-1' });
    expect(items[4].data).toMatchObject({ reason: 'fixed', requestedBy: 'admin-subject' });
  });

  it('is verified by somebody who knows the rule alone', async () => {
    const { history } = await withHistory();
    const { body } = await history();
    expect(isTrue(body)).toBe(true);
    expect(isTrue(body.replace('fixed', 'Fixed'))).toBe(false);
    expect(isTrue(body.replace('worker-1', 'worker-2'))).toBe(false);
  });

  it("is verified by the auditor's script, and not when a word of it was changed", async () => {
    const { history } = await withHistory();
    const { body } = await history();
    const script = fileURLToPath(new URL('../../examples/audit/verify-history.mjs', import.meta.url));
    const verify = (input: string) => spawnSync(process.execPath, [script], { input, encoding: 'utf8' });
    expect(verify(body)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^(valid .+\n)+$/) });
    expect(verify(body.replace('fixed', 'Fixed'))).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('BROKEN'),
    });
  });

  it('is for those who may audit', async () => {
    const { call, post } = apiUnderTest();
    const { id } = (await post(order, {}, 'shop')).json();
    const url = `/v1/events/${id}/history`;
    expect((await call({ url, as: 'viewer' })).statusCode).toBe(200);
    const answer = await call({ url, as: 'shop' });
    expect(answer.json()).toMatchObject({ status: 403, permission: 'audit:read' });
  });
});

describe('a history that was tampered with', () => {
  it.each<[string, Falsification]>([
    ['in its data', ({ data }) => ({ data: data.replace('fixed', 'Fixed') })],
    ['in its time', (_recorded, index) => (index === 2 ? { recordedAt: '2029-01-01T00:00:00.000Z' } : {})],
    ['in its actor', ({ metadata }) => ({ metadata: metadata.replace('admin-subject', 'admin-Subject') })],
    ['so that its data is no JSON', ({ data }, index) => (index === 1 ? { data: data.slice(1) } : {})],
    ['so that its metadata is no JSON', ({ metadata }, index) => (index === 1 ? { metadata: metadata.slice(1) } : {})],
    ['so that it is nothing at all', (_recorded, index) => (index === 3 ? { data: '', metadata: '' } : {})],
  ])('is shown, and said not to be verified: %s', async (_where, change) => {
    const sound = await withHistory();
    const reading = apiUnderTest({ log: falsified(sound.sound, change) });
    const answer = await reading.call({ url: `/v1/events/${sound.id}/history` });
    expect(answer.statusCode).toBe(200);
    expect(answer.json().verified).toBe(false);
    expect(answer.json().items).toHaveLength(5);
    expect(isTrue(answer.body)).toBe(false);
  });

  const changes: readonly [string, Falsification][] = [
    ['its payload', ({ data }) => ({ data: data.replace('1.5e+300', '1.5e+200') })],
    ['its status', ({ type }) => (type === 'EventDeadLettered' ? { type: 'EventDiscarded' } : {})],
    ['a transition in the middle', (_recorded, index) => (index === 2 ? { data: '' } : {})],
  ];

  it.each(changes)('is not acted upon, and every answer says so: %s', async (_what, change) => {
    const { sound, id } = await withHistory();
    const reported: string[] = [];
    const log = reportingBrokenHistories(falsified(sound, change), { report: (stream) => reported.push(stream) });
    const { call, post } = apiUnderTest({ log });
    const url = `/v1/events/${id}`;
    const payload = { reason: 'x' };
    const before = sound.all.length;
    const answers = [
      await call({ url }),
      await call({ url: `${url}?waitFor=DEAD` }),
      await call({ method: 'POST', url: `${url}/replay`, payload }),
      await call({ method: 'POST', url: `/v1/dead-letters/${id}/discard`, payload }),
    ];
    expect(answers.map((answer) => [answer.statusCode, answer.json().code])).toEqual(
      answers.map(() => [409, 'history-broken']),
    );
    expect(answers.map(({ body }) => body).join()).not.toContain('1.5e+');
    expect(sound.all).toHaveLength(before);
    expect(new Set(reported)).toEqual(new Set([`event-${id}`]));
    expect((await post(order)).statusCode).toBe(201);
  });

  it('is not answered to who posts its event again, alone or in a batch', async () => {
    const sound = createInMemoryLog();
    const headers = { 'idempotency-key': 'order-1' };
    await apiUnderTest({ log: sound }).post(order, headers);
    const log = falsified(sound, ({ data }) => ({ data: data.replace('A-1', 'A-2') }));
    const { call, post } = apiUnderTest({ log });
    expect((await post(order, headers)).json()).toMatchObject({ status: 409, code: 'history-broken' });
    const items = [{ ...order, idempotencyKey: 'order-1' }, order];
    const batch = await call({ method: 'POST', url: '/v1/events/batch', payload: items });
    expect(batch.json().results).toMatchObject([{ status: 409 }, { status: 201 }]);
  });
});
