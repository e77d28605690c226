import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LOOK_EVERY_MS } from '../../src/api/receipt-waits.ts';
import { streamOf } from '../../src/application/event-identity.ts';
import { AuditTreeUnavailable } from '../../src/application/failures.ts';
import { policyOfKey } from '../../src/application/transparency/policies.ts';
import { verifyReceipt } from '../../src/application/transparency/receipts.ts';
import { apiUnderTest, order } from '../support/api/api-under-test.ts';
import { createInMemoryLog } from '../support/in-memory-log.ts';
import { anchorOf, followAndSign } from '../support/transparency/anchored-log.ts';
import { logKey } from '../support/transparency/test-keys.ts';
import { createTreeInMemory } from '../support/transparency/tree-in-memory.ts';

function sending(limits = {}) {
  const log = createInMemoryLog();
  const tree = createTreeInMemory();
  let isAway = false;
  const auditTree = {
    ...tree,
    state: () => (isAway ? Promise.reject(new AuditTreeUnavailable('away')) : tree.state()),
  };
  const api = apiUnderTest({ log, auditTree, limits });
  const appended = async (count: number) => {
    while (log.all.length < count) await setImmediate();
  };
  return {
    ...api,
    log,
    appended,
    send: (prefer: string, headers = {}) => api.post(order, { prefer, ...headers }, 'shop'),
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
