import { setImmediate as nextTurn } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/adapters/eventstoredb/parse-address.ts';
import { readingAll } from '../../../src/adapters/eventstoredb/read-requests.ts';
import { createReader } from '../../../src/adapters/eventstoredb/reader.ts';
import { superviseConnection } from '../../../src/adapters/eventstoredb/supervise-connection.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import { LogUnavailable } from '../../../src/application/failures.ts';
import type { Logger } from '../../../src/application/ports/logger.ts';
import { manualClock } from '../../support/api/manual-clock.ts';
import { eventAt } from '../../support/event-log/eventstoredb/answers.ts';
import { type FakeConnection, fakeConnection } from '../../support/event-log/eventstoredb/fake-connection.ts';

const DEADLINE_MS = 1_000;
const quiet: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => quiet };
const dropped = () =>
  Object.assign(new Error('Connection dropped'), { code: 14, details: 'Connection dropped', metadata: new Metadata() });

async function settle() {
  for (let turn = 0; turn < 20; turn++) await nextTurn();
}

async function openReader(...connections: FakeConnection[]) {
  const clock = manualClock();
  const address = parseAddress('esdb://log:2113?tls=false');
  const connect = async () => connections.shift() ?? new Promise<never>(() => {});
  const supervised = superviseConnection({ address, connect, clock, random: systemRandom, logger: quiet }, () => {});
  const { read } = createReader(supervised, { clock, address, deadlineMs: DEADLINE_MS });
  await settle();
  /** How it ends: the number of events, or the failure's message. */
  const readAll = () => {
    let events = 0;
    const counted = read(readingAll('start', 'forwards', 'all'), () => {
      events++;
      return 'more';
    });
    return counted.then(
      () => events,
      (error: unknown) => (error instanceof LogUnavailable ? error.message : error),
    );
  };
  return { readAll, supervised, clock };
}

describe('reads of EventStoreDB', () => {
  it('are 64 at once, and the next takes the place of one that has ended', async () => {
    const connection = fakeConnection();
    const { readAll } = await openReader(connection);
    const outcomes = Array.from({ length: 100 }, readAll);
    await settle();
    expect(connection.reads).toHaveLength(64);
    for (let ended = 0; ended < 100; ended++) {
      connection.reads[ended]?.end();
      await settle();
    }
    expect(connection.reads).toHaveLength(100);
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set([0]));
  });

  it('fail at their deadline, those too that wait for a place, and are cancelled', async () => {
    const connection = fakeConnection();
    const { readAll, clock } = await openReader(connection);
    const outcomes = Array.from({ length: 65 }, readAll);
    await settle();
    clock.advance(DEADLINE_MS);
    for (const outcome of await Promise.all(outcomes)) expect(outcome).toContain('stays silent');
    expect(connection.reads.every(({ stream }) => stream.destroyed)).toBe(true);
    expect(connection.reads).toHaveLength(64);
  });

  it('are cancelled alone when others are answered: the connection is slow', async () => {
    const connection = fakeConnection();
    const { readAll, clock, supervised } = await openReader(connection);
    const late = [readAll(), readAll(), readAll()];
    const other = readAll();
    await settle();
    connection.reads[3]?.end();
    expect(await other).toBe(0);
    clock.advance(DEADLINE_MS);
    for (const outcome of await Promise.all(late)) expect(outcome).toContain('stays silent');
    expect(connection.reads.slice(0, 3).every(({ stream }) => stream.destroyed)).toBe(true);
    expect(supervised.current()).toBe(connection);
  });

  it('are asked again when their connection is lost before anything has come', async () => {
    const [first, second] = [fakeConnection(), fakeConnection()];
    const { readAll, clock, supervised } = await openReader(first, second);
    const outcome = readAll();
    await settle();
    first.reads[0]?.fail(dropped());
    await settle();
    clock.advance(200);
    await settle();
    expect(supervised.current()).toBe(second);
    second.reads[0]?.answer(eventAt(1));
    second.reads[0]?.end();
    expect(await outcome).toBe(1);
  });

  it('fail when their connection is lost after something has come: it would come twice', async () => {
    const [first, second] = [fakeConnection(), fakeConnection()];
    const { readAll } = await openReader(first, second);
    const outcome = readAll();
    await settle();
    first.reads[0]?.answer(eventAt(1));
    await settle();
    first.reads[0]?.fail(dropped());
    expect(await outcome).toContain('dropped the connection');
  });

  it('fail for what the server says of them, and the connection stays', async () => {
    const connection = fakeConnection();
    const { readAll, supervised } = await openReader(connection);
    const outcome = readAll();
    await settle();
    const denied = { code: 7, details: 'Access Denied', metadata: new Metadata() };
    connection.reads[0]?.fail(Object.assign(new Error('7 PERMISSION_DENIED: Access Denied'), denied));
    expect(await outcome).toContain('refuses the user');
    expect(supervised.current()).toBe(connection);
  });

  it('that were given up on the connection before count no more on the next', async () => {
    const [first, second] = [fakeConnection(), fakeConnection()];
    const { readAll, clock, supervised } = await openReader(first, second);
    const silent = async () => {
      const outcome = readAll();
      await settle();
      clock.advance(DEADLINE_MS);
      await outcome;
    };
    await silent();
    supervised.failed(first, dropped());
    await settle();
    clock.advance(200);
    await settle();
    await silent();
    expect(supervised.current()).toBe(second);
    await silent();
    expect(supervised.current()).toBeNull();
  });

  it('that are given up one after the other cost the connection', async () => {
    const connection = fakeConnection();
    const { readAll, clock, supervised } = await openReader(connection);
    for (let silent = 0; silent < 2; silent++) {
      const outcome = readAll();
      await settle();
      clock.advance(DEADLINE_MS);
      await outcome;
    }
    expect(supervised.current()).toBeNull();
  });
});
