import { setImmediate as nextTurn } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/adapters/eventstoredb/connection.ts';
import { type EndPoint, parseAddress } from '../../../src/adapters/eventstoredb/parse-address.ts';
import { superviseConnection } from '../../../src/adapters/eventstoredb/supervise-connection.ts';
import type { Logger } from '../../../src/application/ports/logger.ts';
import { manualClock } from '../../support/api/manual-clock.ts';
import { type FakeConnection, fakeConnection } from '../../support/event-log/eventstoredb/fake-connection.ts';

/** Enough turns of the loop for everything that does not wait for the clock. */
async function settle() {
  for (let turn = 0; turn < 20; turn++) await nextTurn();
}

const unavailable = (details: string, trailers: Readonly<Record<string, string>> = {}, code = 14) => {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return Object.assign(new Error(`${code} UNAVAILABLE: ${details}`), { code, details, metadata });
};
const nobodyThere = unavailable('No connection established. Last error: connect ECONNREFUSED');
const notLeader = unavailable(
  'Leader info available',
  { exception: 'not-leader', 'leader-endpoint-host': 'node-2', 'leader-endpoint-port': '2114' },
  5,
);

function supervise(outcomes: (Error | FakeConnection)[], fraction = 0) {
  const clock = manualClock();
  const warnings: string[] = [];
  const delays: number[] = [];
  const asked: (EndPoint | null)[] = [];
  const logger: Logger = {
    debug: () => {},
    info: () => {},
    warn: (fields, message) => {
      warnings.push(message);
      delays.push((fields as { retryInMs: number }).retryInMs);
    },
    error: () => {},
    child: () => logger,
  };
  const connect = async (leader: EndPoint | null): Promise<Connection> => {
    asked.push(leader);
    const next = outcomes.shift();
    if (next === undefined) return new Promise(() => {});
    if (next instanceof Error) throw next;
    return next;
  };
  let changes = 0;
  const supervised = superviseConnection(
    {
      address: parseAddress('esdb://log:2113?tls=false'),
      connect,
      clock,
      random: { uuid: () => '', fraction: () => fraction },
      logger,
    },
    () => changes++,
  );
  return { supervised, clock, warnings, delays, asked, changes: () => changes };
}

describe('the connection to EventStoreDB', () => {
  it('is there once a canary went through it', async () => {
    const connection = fakeConnection();
    const { supervised } = supervise([connection]);
    expect(supervised.unhealthyReason()).toContain('not connected yet');
    await expect(supervised.settled()).resolves.toBe(connection);
    expect([supervised.unhealthyReason(), supervised.isAway()]).toEqual([null, false]);
    supervised.close();
    expect(connection.isClosed).toBe(true);
  });

  it('is tried again without limit, with growing delays up to 5 s, and what is wrong is said once', async () => {
    const { supervised, clock, warnings, asked } = supervise(Array.from({ length: 20 }, () => nobodyThere));
    await expect(supervised.settled()).rejects.toThrow('cannot be reached');
    for (const delayMs of [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]) {
      const before = asked.length;
      await settle();
      clock.advance(delayMs - 1);
      await settle();
      expect(asked).toHaveLength(before);
      clock.advance(1);
      await settle();
      expect(asked).toHaveLength(before + 1);
    }
    expect(warnings).toHaveLength(1);
    supervised.close();
  });

  it('is tried again sooner by random, so that processes do not come back in step', async () => {
    const { supervised, delays } = supervise([nobodyThere], 0.5);
    await settle();
    expect(delays).toEqual([75]);
    supervised.close();
  });

  it('lets those wait who come while it is opened again, and refuses those who come after that failed', async () => {
    const [first, second] = [fakeConnection(), fakeConnection()];
    const { supervised, clock } = supervise([first, nobodyThere, second]);
    await supervised.settled();
    supervised.failed(first, unavailable('Connection dropped'));
    expect([supervised.current(), supervised.isAway(), first.isClosed]).toEqual([null, false, true]);
    const waiting = supervised.settled().then(
      () => 'connected',
      (error: Error) => error.message,
    );
    await settle();
    clock.advance(100);
    expect(await waiting).toContain('cannot be reached');
    await expect(supervised.settled()).rejects.toThrow('cannot be reached');
    expect(supervised.isAway()).toBe(true);
    await settle();
    clock.advance(200);
    await settle();
    expect(supervised.current()).toBe(second);
    supervised.close();
  });

  it('goes to the node that the other one has named, and back to the address when that fails', async () => {
    const [follower, leader] = [fakeConnection(), fakeConnection()];
    const { supervised, clock, asked } = supervise([follower, leader]);
    await supervised.settled();
    supervised.failed(follower, notLeader);
    await settle();
    clock.advance(100);
    await settle();
    expect(supervised.current()).toBe(leader);
    supervised.failed(leader, unavailable('Connection dropped'));
    await settle();
    clock.advance(100);
    await settle();
    expect(asked).toEqual([null, { address: 'node-2', port: 2114 }, null]);
    supervised.close();
  });

  it('is given up when nothing answers on it', async () => {
    const connection = fakeConnection();
    const { supervised } = supervise([connection]);
    await supervised.settled();
    supervised.unresponsive(connection);
    expect(supervised.current()).toBeNull();
    expect(connection.isClosed).toBe(true);
    supervised.close();
  });

  it('stays when a call failed for its own reasons, or on a connection of before', async () => {
    const [first, second] = [fakeConnection(), fakeConnection()];
    const { supervised, clock } = supervise([first, second]);
    await supervised.settled();
    supervised.failed(first, unavailable('Access Denied', { exception: 'access-denied' }, 7));
    expect(supervised.current()).toBe(first);
    supervised.failed(first, unavailable('Connection dropped'));
    await settle();
    clock.advance(100);
    await settle();
    supervised.failed(first, unavailable('Connection dropped'));
    expect(supervised.current()).toBe(second);
    supervised.close();
  });

  it('is not kept when it comes about after closing', async () => {
    const gate = Promise.withResolvers<void>();
    const late = fakeConnection();
    const slow = { ...late, serverVersion: () => gate.promise.then(() => '24.10.14') };
    let closes = 0;
    const { supervised } = supervise([Object.assign(slow, { close: () => closes++ }) as never]);
    await settle();
    supervised.close();
    gate.resolve();
    await settle();
    expect(closes).toBeGreaterThan(0);
    expect(supervised.current()).toBeNull();
    await expect(supervised.settled()).rejects.toThrow('the log is closed');
  });
});
