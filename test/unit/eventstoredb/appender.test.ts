import { setImmediate as nextTurn } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { Appender } from '../../../src/adapters/eventstoredb/appender.ts';
import { parseAddress } from '../../../src/adapters/eventstoredb/parse-address.ts';
import { superviseConnection } from '../../../src/adapters/eventstoredb/supervise-connection.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import type { AppendOutcome } from '../../../src/application/ports/event-log.ts';
import type { Logger } from '../../../src/application/ports/logger.ts';
import { manualClock } from '../../support/api/manual-clock.ts';
import { type FakeConnection, fakeConnection } from '../../support/event-log/eventstoredb/fake-connection.ts';
import { appended, kindOf, request, transition } from '../../support/event-log/transitions.ts';

const DEADLINE_MS = 1_000;
const quiet: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => quiet };

const forEver = new Promise<never>(() => {});

async function settle() {
  for (let turn = 0; turn < 20; turn++) await nextTurn();
}

/** An appender on connections that the test answers for; each further one takes an attempt. */
async function openAppender(...connections: (FakeConnection | Error | Promise<never>)[]) {
  const clock = manualClock();
  const address = parseAddress('esdb://log:2113?tls=false');
  const connect = async () => {
    const next = connections.shift();
    if (next instanceof Error) throw next;
    return next ?? forEver;
  };
  const supervised = superviseConnection({ address, connect, clock, random: systemRandom, logger: quiet }, () =>
    appender.connectionChanged(),
  );
  const appender = new Appender(supervised, { clock, random: systemRandom, address, deadlineMs: DEADLINE_MS });
  await settle();
  /** Past the delay of any attempt, and then to the end of it. */
  const reconnect = async () => {
    await settle();
    clock.advance(200);
    await settle();
  };
  return { appender, supervised, clock, reconnect };
}

const dropped = () =>
  Object.assign(new Error('Connection dropped'), { code: 14, details: 'Connection dropped', metadata: new Metadata() });

const only = (connection: FakeConnection, call = 0) => {
  const batch = connection.batchCalls[call];
  if (batch === undefined) throw new Error('There is no such call');
  return batch;
};
const kinds = async (outcomes: readonly Promise<AppendOutcome>[]) => (await Promise.all(outcomes)).map(kindOf);

describe('appends to EventStoreDB', () => {
  it('travel on one call, many at once, and are matched by their own ids in whatever order they are answered', async () => {
    const connection = fakeConnection();
    const { appender } = await openAppender(connection);
    const outcomes = Array.from({ length: 300 }, () => appender.append(request()));
    await settle();
    const { appends, succeed } = only(connection);
    expect([connection.batchCalls.length, appends.length]).toEqual([1, 300]);
    expect(new Set(appends.map((append) => append.getCorrelationId()?.getString())).size).toBe(300);
    for (const [index, append] of [...appends.entries()].toReversed()) succeed(append, index);
    expect(await Promise.all(outcomes)).toEqual(outcomes.map((_, index) => appended(index)));
  });

  it('are unknown when their deadline passes, and an answer after that changes nothing', async () => {
    const connection = fakeConnection();
    const { appender, clock } = await openAppender(connection);
    const outcome = appender.append(request());
    await settle();
    for (let turn = 0; turn < 4; turn++) {
      clock.advance(DEADLINE_MS / 4);
      await settle();
    }
    expect(await outcome).toEqual({ kind: 'unknown', message: expect.stringContaining('within 1000 ms') });
    const { appends, succeed } = only(connection);
    for (const append of appends) succeed(append, 0);
    await settle();
    const next = appender.append(request());
    await settle();
    for (const append of appends.slice(1)) succeed(append, 5);
    expect(await next).toEqual(appended(5));
  });

  it('that are late, while others are answered, leave the connection as it is: it is slow', async () => {
    const connection = fakeConnection();
    const { appender, supervised, clock } = await openAppender(connection);
    const late = [appender.append(request()), appender.append(request()), appender.append(request())];
    await settle();
    const { appends, succeed } = only(connection);
    clock.advance(DEADLINE_MS / 4);
    await settle();
    const [first] = appends;
    if (first) succeed(first, 0);
    for (let turn = 0; turn < 3; turn++) {
      clock.advance(DEADLINE_MS / 4);
      await settle();
    }
    expect([...(await kinds(late)), supervised.current()]).toEqual(['appended', 'unknown', 'unknown', connection]);
  });

  it('cost the connection when several are late and none is answered', async () => {
    const connection = fakeConnection();
    const { appender, supervised, clock } = await openAppender(connection);
    const late = [appender.append(request()), appender.append(request())];
    await settle();
    for (let turn = 0; turn < 4; turn++) {
      clock.advance(DEADLINE_MS / 4);
      await settle();
    }
    expect([...(await kinds(late)), supervised.current()]).toEqual(['unknown', 'unknown', null]);
  });

  it('are all unknown when their call is lost, and what comes next goes on a new connection', async () => {
    const [first, second] = [fakeConnection(), fakeConnection()];
    const { appender, reconnect } = await openAppender(first, second);
    const lost = [appender.append(request()), appender.append(request())];
    await settle();
    only(first).fail(dropped());
    expect(await kinds(lost)).toEqual(['unknown', 'unknown']);
    const next = appender.append(request());
    await reconnect();
    const { appends, succeed } = only(second);
    expect(appends).toHaveLength(1);
    for (const append of appends) succeed(append, 0);
    expect(await next).toEqual(appended(0));
  });

  it('that had no room on the lost connection are not sent on the next one, whose log may be an older one', async () => {
    const [first, second] = [fakeConnection(), fakeConnection()];
    const { appender, supervised, reconnect } = await openAppender(first, second);
    const outcomes = Array.from({ length: 513 }, () => appender.append(request()));
    await settle();
    only(first).fail(dropped());
    await reconnect();
    expect(supervised.losses()).toBe(1);
    expect(new Set(await kinds(outcomes))).toEqual(new Set(['unknown']));
    expect(only(second).appends).toEqual([]);
  });

  it('are unknown when the server just ends the call', async () => {
    const connection = fakeConnection();
    const { appender } = await openAppender(connection);
    const outcome = appender.append(request());
    await settle();
    only(connection).end();
    expect((await outcome).kind).toBe('unknown');
  });

  it('are certainly not written when nobody was there to take them', async () => {
    const nobody = Object.assign(new Error('connect ECONNREFUSED'), { code: 14, details: 'x' });
    const { appender } = await openAppender(nobody);
    expect(await appender.append(request())).toEqual({
      kind: 'refused',
      refusal: { code: 'unavailable', message: expect.stringContaining('cannot be reached') },
    });
  });

  it('that wait for a connection are told at once when it cannot be made', async () => {
    const attempt = Promise.withResolvers<never>();
    const { appender } = await openAppender(attempt.promise);
    const outcome = appender.append(request());
    await settle();
    attempt.reject(new Error('Failed to discover after 1 attempts.'));
    expect(kindOf(await outcome)).toBe('refused: unavailable');
  });

  it('wait for a connection that is being made, and are certainly not written when it does not come in time', async () => {
    const { appender, clock } = await openAppender();
    const outcome = appender.append(request());
    for (let turn = 0; turn < 4; turn++) {
      clock.advance(DEADLINE_MS / 4);
      await settle();
    }
    expect(kindOf(await outcome)).toBe('refused: unavailable');
  });

  it('are sent 512 at once, and the rest as answers come', async () => {
    const connection = fakeConnection();
    const { appender } = await openAppender(connection);
    const outcomes = Array.from({ length: 600 }, () => appender.append(request()));
    await settle();
    const { appends, succeed } = only(connection);
    expect(appends).toHaveLength(512);
    for (let answered = 0; answered < 600; answered++) {
      const append = appends[answered];
      if (append === undefined) throw new Error(`Only ${answered} were sent`);
      succeed(append, 0);
      await nextTurn();
    }
    expect(new Set(await kinds(outcomes))).toEqual(new Set(['appended']));
  });

  it('are sent 8 MiB at once, however few they are', async () => {
    const connection = fakeConnection();
    const { appender } = await openAppender(connection);
    const large = transition({ data: 'x'.repeat(250_000) });
    for (let count = 0; count < 60; count++) void appender.append(request({ transitions: [large] }));
    await settle();
    expect(only(connection).appends).toHaveLength(33);
  });

  it('are refused when too many wait', async () => {
    const { appender } = await openAppender();
    const waiting = Array.from({ length: 8_192 }, () => appender.append(request()));
    expect(await appender.append(request())).toEqual({
      kind: 'refused',
      refusal: { code: 'unavailable', message: expect.stringContaining('8192 appends wait') },
    });
    expect(waiting).toHaveLength(8_192);
  });

  it('that do not fit are refused before anything is sent', async () => {
    const connection = fakeConnection();
    const { appender } = await openAppender(connection);
    const unserialisable = { ...transition(), data: 10n as never };
    expect(await kinds([appender.append(request({ transitions: [unserialisable] }))])).toEqual(['refused: invalid']);
    expect(only(connection).appends).toEqual([]);
  });

  it('have a call waiting for them, so that a lost connection is noticed before the first one', async () => {
    const [first, second] = [fakeConnection(), fakeConnection()];
    const { supervised, reconnect } = await openAppender(first, second);
    expect(first.batchCalls).toHaveLength(1);
    only(first).fail(dropped());
    await reconnect();
    expect(supervised.current()).toBe(second);
  });

  it('give a connection up on which nothing is answered any more', async () => {
    const [silent, second] = [fakeConnection(), fakeConnection()];
    const { appender, clock, supervised, reconnect } = await openAppender(silent, second);
    const outcomes = [appender.append(request()), appender.append(request())];
    await settle();
    for (let turn = 0; turn < 4; turn++) {
      clock.advance(DEADLINE_MS / 4);
      await settle();
    }
    expect(await kinds(outcomes)).toEqual(['unknown', 'unknown']);
    expect(silent.isClosed).toBe(true);
    await reconnect();
    expect(supervised.current()).toBe(second);
  });

  it('are all settled before the log is closed, and refused after that', async () => {
    const connection = fakeConnection();
    const { appender } = await openAppender(connection);
    const outcome = appender.append(request());
    await settle();
    let isClosed = false;
    const closing = appender.close().then(() => {
      isClosed = true;
    });
    expect(kindOf(await appender.append(request()))).toBe('refused: unavailable');
    await settle();
    expect(isClosed).toBe(false);
    const { appends, succeed } = only(connection);
    for (const append of appends) succeed(append, 0);
    await closing;
    expect(await outcome).toEqual(appended(0));
  });
});
