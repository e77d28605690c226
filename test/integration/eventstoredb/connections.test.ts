import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startProxy } from '../../support/event-log/eventstoredb/proxy.ts';
import { logForTest, serverAndLog, serverForTest } from '../../support/event-log/eventstoredb/with-server.ts';
import { follow, isCaughtUp, readLog } from '../../support/event-log/follow.ts';
import { appendAll, appended, appendUntilKnown, kindOf, request } from '../../support/event-log/transitions.ts';

describe('a connection to EventStoreDB, which carries 100 calls and lets the next one wait silently', () => {
  it('is asked for no more than that by 300 reads at once', async () => {
    const { server, log } = await serverAndLog();
    const stored = request();
    await appendAll(log, [stored]);
    await server.faults.set({ fault: 'delay', delayMs: 20, calls: ['read'] });
    const reads = Array.from({ length: 300 }, () => log.readStream(stored.stream));
    const append = log.append(request());
    expect((await Promise.all(reads)).every(({ length }) => length === 1)).toBe(true);
    expect(await append).toEqual(appended(0));
  });

  it('is not shared with subscriptions: each has one of its own', async () => {
    const { server, log } = await serverAndLog();
    await appendAll(log, [request()]);
    const followers = Array.from({ length: 12 }, () => follow(log));
    for (const follower of followers) await follower.until(isCaughtUp);
    expect(await server.faults.dropConnections()).toBe(13);
    const next = request();
    expect(await appendUntilKnown(log, next)).toEqual(appended(0));
    for (const follower of followers) {
      expect((await follower.transitions(1)).map(({ stream }) => stream)).toEqual([next.stream]);
      await follower.end();
    }
  });

  it('is let go of when its subscription or the log ends', async () => {
    const proxy = await startProxy({ address: '127.0.0.1', port: (await serverForTest()).port });
    onTestFinished(() => proxy.close());
    const log = logForTest(`esdb://127.0.0.1:${proxy.port}?tls=false`);
    const follower = follow(log);
    await follower.until(isCaughtUp);
    expect(proxy.connections()).toBe(2);
    await follower.end();
    while (proxy.connections() > 1) await nextTurn();
    await log.close();
    while (proxy.connections() > 0) await nextTurn();
  });
});

describe('a cluster', () => {
  it('is asked which node leads: by one name, or by several nodes of which some are gone', async () => {
    const server = await serverForTest();
    for (const url of [
      `esdb+discover://127.0.0.1:${server.port}?tls=false`,
      `esdb://127.0.0.1:9,127.0.0.1:${server.port}?tls=false`,
    ])
      expect(await appendUntilKnown(logForTest(url), request())).toEqual(appended(0));
  });

  it('is told by a node that does not lead which one does, for appends, reads and subscriptions', async () => {
    const [follower, leader] = [await serverForTest(), await serverForTest()];
    await follower.faults.set({ fault: 'not-leader', leader: { host: '127.0.0.1', port: leader.port } });
    const log = logForTest(follower.url);
    const first = request();
    expect(await appendUntilKnown(log, first)).toEqual(appended(0));
    expect(await log.readStream(first.stream)).toHaveLength(1);
    expect(await readLog(log)).toHaveLength(1);
    expect(await logForTest(leader.url).readStream(first.stream)).toHaveLength(1);
  });
});

describe('a server that goes away and comes back', () => {
  it('is reported, once, and is found again by itself', async () => {
    const server = await serverForTest();
    const log = logForTest(server.url, { deadlineMs: 1_000 });
    expect(log.unhealthyReason()).toContain('not connected yet');
    expect(await log.health()).toBeNull();
    expect(log.unhealthyReason()).toBeNull();

    const away = log.says('EventStoreDB at');
    await server.faults.set({ fault: 'not-ready', calls: ['read', 'append'] });
    await server.faults.dropConnections();
    await away;
    await log.says('is not ready');
    expect(log.unhealthyReason()).toContain('is not ready');
    expect(await log.health()).toContain('is not ready');
    expect(kindOf(await log.append(request()))).toBe('refused: unavailable');

    const back = log.says('connected to EventStoreDB');
    await server.faults.lift();
    await back;
    expect(log.unhealthyReason()).toBeNull();
    expect(await log.append(request())).toEqual(appended(0));
    expect(log.lines.filter((line) => line.includes('is not ready'))).toHaveLength(1);
  });

  it('is reported also when only subscriptions meet it, as where the access list of $all forbids them', async () => {
    const { server, log } = await serverAndLog();
    await appendAll(log, [request()]);
    await server.faults.set({ fault: 'access-denied', calls: ['subscribe'] });
    const waits = log.says('a subscription waits');
    const follower = follow(log);
    const first = follower.transitions(1);
    await waits;
    expect(log.unhealthyReason()).toContain('the access list of $all');
    expect(await log.health()).toContain('the access list of $all');
    expect(await log.append(request())).toEqual(appended(0));
    await server.faults.lift();
    expect((await first).length).toBeGreaterThan(0);
    expect(log.unhealthyReason()).toBeNull();
    await follower.end();
  });
});
