import { describe, expect, it } from 'vitest';
import { Conversation } from '../../support/eventstoredb/conversation/conversation.ts';
import { positionIn, temporaryFolder, withServer } from '../../support/eventstoredb/conversation/with-server.ts';
import { EMPTY_BACKUP } from '../../support/eventstoredb/faults/fault.ts';
import { startProtocolServer } from '../../support/eventstoredb/start-protocol-server.ts';

const here = withServer();
const label = (name: string) => here.prefix + name;

describe('an append', () => {
  it('may be written without an answer', async () => {
    const { conversation, server, stream } = here;
    await server.faults.set({ fault: 'lose-reply', next: 1 });
    const batch = conversation.batch();
    const answers: object[] = [];
    void batch
      .answerTo(batch.request({ stream, expected: 'no-stream', events: [label('a')] }))
      .then((one) => answers.push(one));

    await server.faults.struck('lose-reply');

    const again = batch.request({ stream, expected: 'no-stream', events: [label('a')] });
    expect(await batch.answerTo(again)).toMatchObject({ revision: 0 });
    expect(await conversation.read({ stream })).toEqual([label('a'), 'last 0']);
    expect(answers).toEqual([]);
    batch.close();
  });

  it('may be answered late', async () => {
    const { conversation, server, stream } = here;
    await server.faults.set({ fault: 'delay', delayMs: 100, next: 1 });
    const batch = conversation.batch();
    const order: string[] = [];
    const late = batch.answerTo(batch.request({ stream, events: [label('a')] })).then(() => order.push('late'));
    const prompt = batch.answerTo(batch.request({ stream, events: [label('b')] })).then(() => order.push('prompt'));
    await Promise.all([late, prompt]);

    expect(order).toEqual(['prompt', 'late']);
    batch.close();
  });

  it('may be written although the server says that it was too slow', async () => {
    const { conversation, server, stream } = here;
    await server.faults.set({ fault: 'time-out', next: 2 });

    expect(await conversation.append(stream, 'no-stream', [label('a')])).toEqual({ status: 'Timeout', statusCode: 4 });
    expect(await conversation.appendUnary(stream, 0, [label('b')])).toEqual({
      code: 'ABORTED',
      details: 'Operation timed out: Commit phase timeout.',
    });
    expect(await conversation.read({ stream, compatibility: 0 })).toEqual([label('a'), label('b')]);
  });
});

describe('a server that does not do what it is asked', () => {
  const refusals = [
    ['server-busy', 'Server Is Busy', { code: 'UNAVAILABLE', details: 'Server Is Too Busy' }],
    ['not-ready', 'Server Is Not Ready', { code: 'UNAVAILABLE', details: 'Server Is Not Ready' }],
    ['access-denied', 'AccessDenied', { code: 'PERMISSION_DENIED', details: 'Access Denied' }],
  ] as const;

  it.each(refusals)('may be %s', async (fault, status, failure) => {
    const { conversation, server, stream } = here;
    await server.faults.set({ fault });
    const words = `${failure.code}: ${failure.details}`;

    expect(await conversation.append(stream, 'any', [label('a')])).toMatchObject({ status });
    expect(await conversation.appendUnary(stream, 'any', [label('a')])).toMatchObject(failure);
    expect(await conversation.delete(stream)).toMatchObject(failure);
    expect(await conversation.read({ stream })).toEqual([words]);
    expect(await conversation.subscribe({}).wordsUntil()).toEqual([words]);
    await server.faults.lift(fault);
    expect(await conversation.read({ stream })).toEqual(['not-found']);
  });

  it('may not be the leader, which ends a batch call', async () => {
    const { conversation, server, stream } = here;
    await server.faults.set({ fault: 'not-leader', leader: { host: 'elsewhere', port: 7 } });
    const notLeader = { code: 'NOT_FOUND', details: 'Leader info available', exception: 'not-leader' };
    const batch = conversation.batch();
    batch.request({ stream, events: [label('a')] });

    expect(await batch.ended).toEqual(notLeader);
    expect(await conversation.appendUnary(stream, 'any', [label('a')])).toEqual(notLeader);
    expect(await conversation.read({ stream })).toEqual(['NOT_FOUND: Leader info available']);
  });

  it('may fail in any way, for the calls that are named', async () => {
    const { conversation, server, stream } = here;
    await server.faults.set({ fault: 'fail', code: 13, details: 'as asked', calls: ['features'], next: 1 });

    expect(await conversation.features()).toEqual({ code: 'INTERNAL', details: 'as asked' });
    expect(await conversation.features()).toEqual(expect.arrayContaining(['event_store.client.streams.streams/read']));
    await server.faults.set({ fault: 'fail', code: 14, trailers: { exception: 'x' }, calls: ['append'] });
    expect(await conversation.append(stream, 'any', [label('a')])).toMatchObject({
      code: 'UNAVAILABLE',
      exception: 'x',
    });
    expect(await conversation.read({ stream })).toEqual(['not-found']);
  });

  it('tells how often a fault has struck', async () => {
    const { conversation, server, stream } = here;
    await server.faults.set({ fault: 'fail', code: 10 });
    const twice = server.faults.struck('fail', 4);
    await conversation.read({ stream });
    await conversation.read({ stream });

    await twice;
  });
});

describe('a black hole', () => {
  it('takes what is sent to it without an answer, and goes on afterwards', async () => {
    const { conversation, server, stream } = here;
    const witness = await startProtocolServer({ folder: temporaryFolder() });
    const elsewhere = new Conversation(witness.port);
    await conversation.features();
    await server.faults.set({ fault: 'black-hole' });
    const newcomer = new Conversation(server.port);
    const answers: string[] = [];
    const appended = conversation.append(stream, 'any', [label('a')]).then(() => answers.push('append'));
    const asked = newcomer.features().then(() => answers.push('features'));
    for (let round = 0; round < 20; round += 1) await elsewhere.append(stream, 'any', [`${label('w')}${round}`]);

    expect(answers).toEqual([]);
    await server.faults.lift('black-hole');
    await Promise.all([appended, asked]);
    for (const client of [newcomer, elsewhere]) client.close();
    await witness.stop();
  });
});

describe('subscriptions', () => {
  it('may be ended as if they were complete', async () => {
    const { conversation, server, stream } = here;
    const subscriptions = [conversation.subscribe({ stream }), conversation.subscribe({ from: 'end' })];
    for (const one of subscriptions) await one.until('caught-up');

    expect(await server.faults.endSubscriptions()).toBe(2);
    for (const one of subscriptions) expect(await one.wordsUntil()).toEqual(['complete']);
  });

  it('may be ended with an error', async () => {
    const { conversation, server, stream } = here;
    const subscription = conversation.subscribe({ stream });
    await server.faults.subscribed(1);
    await subscription.until('caught-up');
    await server.faults.endSubscriptions({ code: 14, details: 'gone' });

    expect(await subscription.wordsUntil()).toEqual(['UNAVAILABLE: gone']);
    expect(await server.faults.endSubscriptions()).toBe(0);
  });

  it('may be told of a checkpoint beyond the end of the log', async () => {
    const { conversation, server, stream } = here;
    const last = positionIn(await conversation.append(stream, 'any', [label('a')]));
    await server.faults.set({ fault: 'checkpoint-ahead', bytes: 5_000 });
    const subscription = conversation.subscribe({ filter: { prefixes: [stream] } });

    const checkpoints = (await subscription.until('caught-up')).filter(({ word }) => word === 'checkpoint');
    expect(checkpoints.at(-1)?.commit).toBeGreaterThan(last + 5_000);
    await subscription.close();
  });
});

describe('connections', () => {
  it('may be dropped, and calls fail with them', async () => {
    const { conversation, server, stream } = here;
    const subscription = conversation.subscribe({ stream });
    await subscription.until('caught-up');
    const batch = conversation.batch();
    await batch.answerTo(batch.request({ stream, events: [label('a')] }));

    expect(await server.faults.dropConnections()).toBeGreaterThan(0);
    expect((await batch.ended) as object).toMatchObject({ code: 'UNAVAILABLE' });
    expect((await subscription.wordsUntil()).at(-1)).toMatch(/^UNAVAILABLE: /);
    expect(await conversation.read({ stream })).toEqual([label('a'), 'last 0']);
  });
});

describe('a restored backup', () => {
  it('has lost what was written since, and writes other events to the same places', async () => {
    const { conversation, server, stream } = here;
    await conversation.append(stream, 'no-stream', [label('kept')]);
    const backup = await server.faults.backup();
    const lost = positionIn(await conversation.append(stream, 0, [label('lost')]));
    await server.faults.restore(backup);
    conversation.reconnect();

    expect(await conversation.read({ stream })).toEqual([label('kept'), 'last 0']);
    expect(positionIn(await conversation.append(stream, 0, [label('other')]))).toBe(lost);
    expect(await conversation.read({ from: lost })).toEqual([label('other')]);
  });

  it('leaves a subscription from a lost position without an answer', async () => {
    const { conversation, server, stream } = here;
    const backup = await server.faults.backup();
    const many = Array.from({ length: 40 }, (_, index) => label(`${index}`));
    const lost = positionIn(await conversation.append(stream, 'no-stream', many));
    await server.faults.restore(backup);
    conversation.reconnect();
    const subscription = conversation.subscribe({ from: lost });
    const witness = conversation.subscribe({ from: 'end' });
    for (const one of [subscription, witness]) await one.until('caught-up');
    await conversation.append(stream, 'no-stream', [label('unseen')]);

    expect(await witness.wordsUntil(label('unseen'))).toEqual([label('unseen')]);
    await subscription.close();
    expect(await subscription.wordsUntil()).toEqual(['CANCELLED: Cancelled on client']);
    await witness.close();
  });

  it('may be of an empty log', async () => {
    const { conversation, server, stream } = here;
    await conversation.append(stream, 'no-stream', [label('lost')]);
    await server.faults.restore(EMPTY_BACKUP);
    conversation.reconnect();

    expect(await conversation.read({})).toEqual([]);
    expect(await conversation.append(stream, 'no-stream', [label('first')])).toMatchObject({ revision: 0 });
  });
});
