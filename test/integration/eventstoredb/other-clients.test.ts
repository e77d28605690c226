import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { revision } from '../../../src/application/ports/event-log.ts';
import { serverAndLog } from '../../support/event-log/eventstoredb/with-server.ts';
import { readLog } from '../../support/event-log/follow.ts';
import { appendAll, kindOf, newStream, request, transition } from '../../support/event-log/transitions.ts';

function openClient(url: string): EventStoreDBClient {
  const client = EventStoreDBClient.connectionString(url);
  onTestFinished(() => client.dispose());
  return client;
}

describe('other clients of EventStoreDB', () => {
  it('see our transitions as JSON, with the ids that its projections look for', async () => {
    const { server, log } = await serverAndLog();
    const stored = transition({
      data: '{"amount":12}',
      metadata: '{"$correlationId":"event-1","$causationId":"cause-1","hash":"00"}',
    });
    const stream = newStream('event');
    await appendAll(log, [request({ stream, transitions: [stored] })]);
    const events = [];
    for await (const { event } of openClient(server.url).readStream(stream)) events.push(event);
    expect(events).toMatchObject([
      {
        id: stored.id,
        type: stored.type,
        isJson: true,
        data: { amount: 12 },
        metadata: {
          schemaVersion: stored.schemaVersion,
          recordedAt: stored.recordedAt,
          $correlationId: 'event-1',
          $causationId: 'cause-1',
          hash: '00',
        },
      },
    ]);
  });

  it('may append, and what they append is read as it is, under a schema version that nobody knows', async () => {
    const { server, log } = await serverAndLog();
    const stream = newStream('event');
    const event = jsonEvent({ type: 'Theirs', data: { a: 1 }, metadata: { b: 2 } });
    await openClient(server.url).appendToStream(stream, event);
    const expected = { stream, id: event.id, type: 'Theirs', schemaVersion: 0, data: '{"a":1}', metadata: '{"b":2}' };
    expect(await log.readStream(stream)).toMatchObject([expected]);
    expect(await readLog(log)).toMatchObject([expected]);
  });

  it('may delete a stream: then it is empty, and goes on at the old revision', async () => {
    const { server, log } = await serverAndLog();
    const first = request();
    await appendAll(log, [first]);
    await openClient(server.url).deleteStream(first.stream);
    expect(await log.readStream(first.stream)).toEqual([]);
    const next = { ...first, expectedRevision: revision(0), transitions: [transition()] };
    expect(kindOf(await log.append(next))).toBe('appended');
  });

  it('may tombstone a stream: then every append to it is refused permanently, and reading says why it cannot', async () => {
    const { server, log } = await serverAndLog();
    const first = request();
    await appendAll(log, [first]);
    await openClient(server.url).tombstoneStream(first.stream);
    const next = { ...first, expectedRevision: revision(0), transitions: [transition()] };
    expect(kindOf(await log.append(next))).toBe('refused: invalid');
    await expect(log.readStream(first.stream)).rejects.toThrow('is deleted');
    expect(await readLog(log)).toHaveLength(1);
  });
});
