import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LOOK_EVERY_MS } from '../../src/api/receipt-waits.ts';
import { streamOf } from '../../src/application/event-identity.ts';
import { AuditTreeUnavailable, LogUnavailable } from '../../src/application/failures.ts';
import type { EventLog } from '../../src/application/ports/event-log.ts';
import { policyOfKey } from '../../src/application/transparency/policies.ts';
import { verifyReceipt } from '../../src/application/transparency/receipts.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';
import { anchorOf, followAndSign } from '../support/transparency/anchored-log.ts';
import { logKey } from '../support/transparency/test-keys.ts';
import { createTreeInMemory } from '../support/transparency/tree-in-memory.ts';
import { createRecordingLogger } from '../support/worker/recording-logger.ts';

function sending(limits = {}) {
  const log = createInMemoryLog();
  const tree = createTreeInMemory();
  let isAway = false;
  const auditTree = {
    ...tree,
    state: () => (isAway ? Promise.reject(new AuditTreeUnavailable('away')) : tree.state()),
  };
  let failure: Error | null = null;
  const failing: EventLog = {
    ...log,
    // Whole histories: places in the log are still found, so the wait comes to its end.
    readStream: (stream, from) =>
      failure !== null && from === undefined ? Promise.reject(failure) : log.readStream(stream, from),
    async *readPages(stream) {
      if (failure !== null) throw failure;
      yield* log.readPages(stream);
    },
  };
  const logger = createRecordingLogger();
  const api = apiUnderTest({ log: failing, auditTree, limits, logger });
  const appended = async (count: number) => {
    while (log.all.length < count) await setImmediate();
  };
  return {
    ...api,
    log,
    errors: () => logger.lines.filter(({ level }) => level === 'error'),
    appended,
    /** That it waits for its receipt by then. */
    settled: async () => {
      for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    },
    setLogFailure: (error: Error) => void (failure = error),
    send: (prefer: string, headers = {}, as = 'shop') => api.post(order, { prefer, ...headers }, as),
    sign: () => followAndSign(anchorOf(log, tree), log),
    setAway: (away: boolean) => void (isAway = away),
    /** Lets time pass in steps until the answer is there. */
    async answered<Answer>(answer: Promise<Answer>, mostMs = 60_000) {
      let isThere = false;
      void answer.finally(() => (isThere = true));
      for (let passed = 0; !isThere && passed <= mostMs; passed += LOOK_EVERY_MS) {
        for (let turn = 0; turn < 20; turn += 1) await setImmediate();
        if (!isThere) api.clock.advance(LOOK_EVERY_MS);
      }
      return answer;
    },
  };
}

describe('a client that prefers a receipt', () => {
  it('is answered with one when the next checkpoint is signed, and its event is in the log long before', async () => {
    const { send, sign, appended, answered, log } = sending();
    const answer = send('receipt');
    await appended(1);
    await sign();
    const { statusCode, headers, body } = await answered(answer);
    expect(statusCode, body).toBe(201);
    expect(headers).toMatchObject({ 'preference-applied': 'receipt', location: expect.stringMatching(/^.v1.events./) });
    const { id, receipt } = JSON.parse(body);
    expect(headers.location).toBe(`/v1/events/${id}`);
    expect(verifyReceipt(JSON.stringify(receipt), policyOfKey(logKey)).stream).toBe(streamOf(id));
    expect(log.all[0]?.stream).toBe(streamOf(id));
  });

  it('and sends the same again is answered at once, when it is covered', async () => {
    const { send, sign, appended, answered } = sending();
    const first = send('receipt', { 'idempotency-key': 'one' });
    await appended(1);
    await sign();
    await answered(first);
    const { statusCode, headers } = await answered(send('return=minimal, Receipt; x=y', { 'idempotency-key': 'one' }));
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({ 'preference-applied': 'receipt', 'idempotent-replayed': 'true' });
  });

  it.each([
    ['receipt', 30_000],
    ['receipt, wait=2', 2_000],
    ['wait=1,receipt', 1_000],
    ['receipt, wait=3600', 60_000],
    ['receipt, wait=soon', 30_000],
  ])('waits no longer than it says, and is answered as usual then: %s', async (prefer, mostMs) => {
    const { send, answered, clock } = sending();
    const began = clock.now();
    const { statusCode, headers, body } = await answered(send(prefer));
    expect(statusCode).toBe(201);
    expect(headers).not.toHaveProperty('preference-applied');
    expect(JSON.parse(body)).not.toHaveProperty('receipt');
    expect(clock.now() - began).toBe(mostMs);
  });

  it('is not kept waiting when as many wait as may', async () => {
    const { send, sign, appended, answered } = sending({ waiters: 1 });
    const first = send('receipt');
    await appended(1);
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    const second = await send('receipt');
    expect([second.statusCode, second.headers['preference-applied']]).toEqual([201, undefined]);
    await sign();
    expect((await answered(first)).headers['preference-applied']).toBe('receipt');
  });

  it('is not kept waiting when as many of its requests wait as may, and another client is', async () => {
    const { send, sign, appended, settled, answered } = sending({ waitersOfOneClient: 1 });
    const first = send('receipt');
    await appended(1);
    await settled();
    const second = await send('receipt');
    expect([second.statusCode, second.headers['preference-applied']]).toEqual([201, undefined]);
    const other = send('receipt', {}, 'other-shop');
    await appended(3);
    await settled();
    await sign();
    for (const answer of [first, other]) expect((await answered(answer)).headers['preference-applied']).toBe('receipt');
  });

  it.each([
    ['is unavailable', new LogUnavailable('away'), 0],
    ['fails unexpectedly, which is reported', new Error('a fault'), 1],
  ])('is answered as usual when the log %s after the append', async (_what, failure, reported) => {
    const { send, sign, appended, settled, answered, setLogFailure, errors } = sending();
    const answer = send('receipt');
    await appended(1);
    await settled();
    await sign();
    setLogFailure(failure);
    const { statusCode, headers, body } = await answered(answer);
    expect(statusCode, body).toBe(201);
    expect(headers).not.toHaveProperty('preference-applied');
    expect(JSON.parse(body)).toMatchObject({ ...order, status: 'RECEIVED' });
    expect(errors()).toHaveLength(reported);
  });

  it('is answered as usual when there is no room for the receipt', async () => {
    const { send, sign, appended, settled, answered, server } = sending({ bytesInHandOfOneClient: 200_000 });
    const answer = send('receipt');
    await appended(1);
    await settled();
    await server.admission.hold('shop').resize(100_000);
    await sign();
    const { statusCode, headers, body } = await answered(answer);
    expect(statusCode, body).toBe(201);
    expect(headers).not.toHaveProperty('preference-applied');
    expect(JSON.parse(body)).toMatchObject(order);
  });

  it('waits for a tree that is away, and gets its receipt when it is back', async () => {
    const { send, sign, appended, answered, setAway, clock } = sending();
    setAway(true);
    const answer = send('receipt');
    await appended(1);
    await sign();
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    clock.advance(LOOK_EVERY_MS);
    setAway(false);
    expect((await answered(answer)).headers['preference-applied']).toBe('receipt');
  });

  it('is answered when the server closes', async () => {
    const { send, appended, server } = sending();
    const answer = send('receipt');
    await appended(1);
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    await server.close();
    expect((await answer).statusCode).toBe(201);
  });

  it('of something else is answered at once', async () => {
    const { statusCode, headers } = await sending().send('return=minimal, receipts');
    expect([statusCode, headers['preference-applied']]).toEqual([201, undefined]);
  });
});
