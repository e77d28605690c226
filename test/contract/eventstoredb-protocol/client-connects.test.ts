import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { describe, expect, it } from 'vitest';
import { withServer } from '../../support/eventstoredb/conversation/with-server.ts';

const here = withServer();

describe("EventStoreDB's own client", () => {
  it.each(['esdb', 'esdb+discover'])('connects with %s, appends and reads', async (scheme) => {
    const client = EventStoreDBClient.connectionString(here.server.url.replace('esdb', scheme));
    const stream = `${here.stream}-${scheme}`;
    const event = jsonEvent({ type: 'tested', data: { one: 1 }, metadata: { two: 2 } });

    const appended = await client.appendToStream(stream, event, { expectedRevision: 'no_stream' });
    expect(appended).toMatchObject({ success: true, nextExpectedRevision: 0n });
    for await (const { event: recorded } of client.readStream(stream)) {
      expect(recorded).toMatchObject({
        id: event.id,
        streamId: stream,
        revision: 0n,
        type: 'tested',
        data: { one: 1 },
        metadata: { two: 2 },
      });
      expect(recorded?.position).toEqual(appended.position);
      expect(Math.abs(Number(recorded?.created) - Date.now())).toBeLessThan(60_000);
    }
    await client.dispose();
  });
});
