import { describe, expect, it } from 'vitest';
import { deriveUuid } from '../../src/application/event-identity.ts';
import { handleCommand } from '../../src/application/handle-command.ts';
import { createUseCases } from '../../src/application/use-cases.ts';
import { eventAggregate } from '../../src/domain/event/aggregate.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { eventLife } from '../support/api/event-life.ts';

const requestId = '0b0f5f0e-3f5c-4e43-9a57-5d1e5ff8a111';

async function withEvent(sent: object = order) {
  const api = apiUnderTest();
  const { id } = (await api.post(sent)).json();
  const act = (path: string, body: unknown, headers: Record<string, string> = {}, as = 'admin') =>
    api.call({
      as,
      method: 'POST',
      url: path,
      headers: { 'content-type': 'application/json', 'x-request-id': requestId, ...headers },
      payload: JSON.stringify(body),
    });
  return {
    ...api,
    id,
    life: eventLife(api.log, api.clock, id),
    nextLife: eventLife(api.log, api.clock, id, 1),
    replay: (body: unknown = { reason: 'the shop is open again' }, headers = {}, as = 'admin') =>
      act(`/v1/events/${id}/replay`, body, headers, as),
    discard: (body: unknown = { reason: 'a test order' }, headers = {}, as = 'admin') =>
      act(`/v1/dead-letters/${id}/discard`, body, headers, as),
    act,
  };
}

describe('a replay', () => {
  it('begins the next generation, and keeps who asked and why', async () => {
    const { life, replay, recorded } = await withEvent();
    await life.start();
    await life.failForGood();
    const answer = await replay();
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({ status: 'RECEIVED', generation: 1, attempts: 0, revision: 4 });
    const last = (await recorded()).at(-1);
    expect(JSON.parse(last?.data ?? '')).toEqual({
      generation: 1,
      reason: 'the shop is open again',
      requestedBy: 'admin-subject',
    });
    expect(JSON.parse(last?.metadata ?? '')).toMatchObject({ actor: { subject: 'admin-subject' }, requestId });
  });

  it('is refused while the event is on its way', async () => {
    const { life, replay } = await withEvent();
    expect((await replay()).json()).toMatchObject({ status: 409, code: 'event-still-processing' });
    await life.start();
    expect((await replay()).json()).toMatchObject({ status: 409, detail: expect.stringContaining('PROCESSING') });
  });

  it('asked for by many at once happens once', async () => {
    const { life, replay, recorded } = await withEvent();
    await life.start();
    await life.succeed();
    const answers = await Promise.all(Array.from({ length: 20 }, () => replay()));
    expect(answers.filter(({ statusCode }) => statusCode === 202)).toHaveLength(1);
    expect(answers.filter(({ statusCode }) => statusCode === 409)).toHaveLength(19);
    expect((await recorded()).filter(({ type }) => type === 'ReplayRequested')).toHaveLength(1);
  });

  it('with a key is asked for once, also after it has been carried out', async () => {
    const { life, nextLife, replay, recorded } = await withEvent();
    await life.start();
    await life.succeed();
    const key = { 'idempotency-key': 'click-1' };
    expect((await replay(undefined, key)).statusCode).toBe(202);
    await nextLife.start();
    await nextLife.succeed();
    const again = await replay(undefined, key);
    expect(again.statusCode).toBe(202);
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(again.json()).toMatchObject({ status: 'PROCESSED', generation: 1 });
    expect((await replay(undefined, { 'idempotency-key': 'click-2' })).json().generation).toBe(2);
    expect((await recorded()).filter(({ type }) => type === 'ReplayRequested')).toHaveLength(2);
  });

  it('with one key at once is asked for once', async () => {
    const { life, replay, recorded } = await withEvent();
    await life.start();
    await life.succeed();
    const answers = await Promise.all(Array.from({ length: 20 }, () => replay(undefined, { 'idempotency-key': '1' })));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 20 }, () => 202));
    expect((await recorded()).filter(({ type }) => type === 'ReplayRequested')).toHaveLength(1);
  });

  it('with a key is asked for once when the second comes between the first and its answer', async () => {
    const { log, clock, id, life } = await withEvent();
    await life.start();
    await life.succeed();
    const [bothHaveRead, firstIsDone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let came = 0;
    const append: typeof log.append = async (request) => {
      const isFirst = ++came === 1;
      if (isFirst) await bothHaveRead.promise;
      else bothHaveRead.resolve();
      if (!isFirst) await firstIsDone.promise;
      return log.append(request).finally(() => firstIsDone.resolve());
    };
    const random = { uuid: () => crypto.randomUUID(), fraction: () => 0 };
    const useCases = createUseCases({ log: { ...log, append }, clock, random });
    const { call } = apiUnderTest({ log, useCases });
    const headers = { 'content-type': 'application/json', 'idempotency-key': '1' };
    const ask = () => call({ method: 'POST', url: `/v1/events/${id}/replay`, headers, payload: '{"reason":"x"}' });
    const answers = await Promise.all([ask(), ask()]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 202]);
  });

  it('with the key of another request is refused, and the first one stays', async () => {
    const { life, replay, discard, nextLife, recorded } = await withEvent();
    await life.start();
    await life.failForGood();
    const key = { 'idempotency-key': 'click-1' };
    expect((await replay({ reason: 'the shop is open' }, key)).statusCode).toBe(202);
    await nextLife.start();
    await nextLife.failForGood();
    const other = await replay({ reason: 'a test' }, key);
    expect(other.json()).toMatchObject({ status: 422, code: 'idempotency-key-reused', detail: expect.any(String) });
    expect((await discard({ reason: 'the shop is open' }, key)).json()).toMatchObject({ status: 422 });
    expect((await replay({ reason: 'the shop is open' }, key)).statusCode).toBe(202);
    expect((await recorded()).filter(({ type }) => type === 'ReplayRequested')).toHaveLength(1);
  });

  it('with one key and two reasons at once is answered for the reason that is kept', async () => {
    const { life, replay, recorded } = await withEvent();
    await life.start();
    await life.succeed();
    const ask = (reason: string) => replay({ reason }, { 'idempotency-key': '1' });
    const answers = await Promise.all([ask('one'), ask('two')]);
    expect(answers.map(({ statusCode }) => statusCode).toSorted((one, other) => one - other)).toEqual([202, 422]);
    const kept = (await recorded()).filter(({ type }) => type === 'ReplayRequested');
    expect(kept).toHaveLength(1);
    const accepted = answers[0]?.statusCode === 202 ? 'one' : 'two';
    expect(JSON.parse(kept[0]?.data ?? '')).toMatchObject({ reason: accepted });
  });

  it('with a key reads the history once, whether it is carried out or was before', async () => {
    const { log, clock, id, life } = await withEvent();
    await life.start();
    await life.succeed();
    let reads = 0;
    const readStream: typeof log.readStream = (...given) => {
      reads += 1;
      return log.readStream(...given);
    };
    const counted = { ...log, readStream };
    const random = { uuid: () => crypto.randomUUID(), fraction: () => 0 };
    const { call } = apiUnderTest({ log: counted, useCases: createUseCases({ log: counted, clock, random }) });
    const headers = { 'content-type': 'application/json', 'idempotency-key': '1' };
    const ask = () => call({ method: 'POST', url: `/v1/events/${id}/replay`, headers, payload: '{"reason":"x"}' });
    const first = await ask();
    expect(first.json()).toMatchObject({ status: 'RECEIVED', generation: 1, revision: 3 });
    expect(reads).toBe(1);
    const again = await ask();
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(again.json()).toEqual(first.json());
    expect(reads).toBe(2);
  });

  it('that an older version recorded under its key is known again', async () => {
    const { log, clock, id, life, replay, recorded } = await withEvent();
    await life.start();
    await life.succeed();
    const transitionId = () => deriveUuid('replay', 'admin', id, 'click-1');
    const command = { kind: 'ReplayEvent', permission: 'safe', reason: 'then', requestedBy: 'admin-subject' } as const;
    const actor = { kind: 'process', process: 'older' } as const;
    const random = { uuid: () => crypto.randomUUID(), fraction: () => 0 };
    await handleCommand(eventAggregate, { log, clock, random }, { id, command, context: { actor, transitionId } });
    const key = { 'idempotency-key': 'click-1' };
    expect((await replay({ reason: 'then' }, key)).statusCode).toBe(202);
    expect((await replay({ reason: 'now' }, key)).statusCode).toBe(422);
    expect((await recorded()).filter(({ type }) => type === 'ReplayRequested')).toHaveLength(1);
  });

  it('is refused where the handler says never, also of a dead letter, which can be discarded', async () => {
    const { life, replay, discard, recorded } = await withEvent({ ...order, type: 'once.charged' });
    await life.start();
    await life.failForGood();
    const answer = await replay();
    expect(answer.json()).toMatchObject({ status: 409, code: 'replay-not-allowed' });
    expect(answer.json().detail).toContain('once.charged');
    expect((await recorded()).some(({ type }) => type === 'ReplayRequested')).toBe(false);
    expect((await discard()).statusCode).toBe(200);
  });

  it.each([
    [{}, '/reason', 'required'],
    [{ reason: '' }, '/reason', 'too-small'],
    [{ reason: 'x'.repeat(501) }, '/reason', 'too-large'],
    [{ reason: 7 }, '/reason', 'wrong-type'],
    [{ reason: 'ok', requestedBy: 'somebody else' }, '/requestedBy', 'unknown-member'],
    [{ reason: '\u0000' }, '/reason', 'nul-refused'],
    [null, '', 'wrong-type'],
  ])('needs a reason: %j', async (body, pointer, code) => {
    const { replay, recorded } = await withEvent();
    expect((await replay(body)).json()).toMatchObject({ status: 400, errors: [{ pointer, code }] });
    expect(await recorded()).toHaveLength(1);
  });

  it('is of an event that is known', async () => {
    const { act } = await withEvent();
    for (const id of ['091e518e-cffb-86e7-867b-354763635bbd', 'x'])
      for (const path of [`/v1/events/${id}/replay`, `/v1/dead-letters/${id}/discard`])
        expect((await act(path, { reason: 'x' })).json()).toMatchObject({ status: 404, code: 'event-not-found' });
  });
});

describe('a dead letter', () => {
  it('is given up permanently, with who and why', async () => {
    const { life, discard, replay, recorded } = await withEvent();
    await life.start();
    await life.failForGood();
    const answer = await discard();
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ status: 'DISCARDED', revision: 4 });
    const last = (await recorded()).at(-1);
    expect(JSON.parse(last?.data ?? '')).toEqual({
      generation: 0,
      reason: 'a test order',
      requestedBy: 'admin-subject',
    });
    expect(JSON.parse(last?.metadata ?? '')).toMatchObject({
      actor: { kind: 'principal', subject: 'admin-subject', roles: ['admin'] },
      requestId,
    });
    expect((await discard()).json()).toMatchObject({ status: 409, code: 'event-discarded' });
    expect((await replay()).json()).toMatchObject({ status: 409, code: 'event-discarded' });
  });

  it('with a key is given up once', async () => {
    const { life, discard, recorded } = await withEvent();
    await life.start();
    await life.failForGood();
    const key = { 'idempotency-key': 'click-1' };
    const first = await discard({ reason: 'a test order' }, key);
    const again = await discard({ reason: 'a test order' }, key);
    expect([first.statusCode, again.statusCode, again.body]).toEqual([200, 200, first.body]);
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect((await discard({ reason: 'another' }, key)).statusCode).toBe(422);
    expect((await discard()).json()).toMatchObject({ status: 409, code: 'event-discarded' });
    expect((await recorded()).filter(({ type }) => type === 'EventDiscarded')).toHaveLength(1);
  });

  it('is not for operators to give up, because nothing takes that back', async () => {
    const { life, discard } = await withEvent();
    await life.start();
    await life.failForGood();
    expect((await discard(undefined, {}, 'operator')).json()).toMatchObject({
      status: 403,
      permission: 'events:discard',
    });
  });

  it('is what can be given up, and nothing else', async () => {
    const { life, discard } = await withEvent();
    expect((await discard()).json()).toMatchObject({ status: 409, code: 'event-not-dead' });
    await life.start();
    await life.succeed();
    expect((await discard()).json()).toMatchObject({ status: 409, detail: expect.stringContaining('PROCESSED') });
  });
});
