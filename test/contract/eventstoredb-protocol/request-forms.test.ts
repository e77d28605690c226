import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { describe, expect, it } from 'vitest';
import { readRequest } from '../../support/eventstoredb/conversation/read-request.ts';
import { Received } from '../../support/eventstoredb/conversation/received.ts';
import { withServer } from '../../support/eventstoredb/conversation/with-server.ts';
import { grpc, StreamsClient } from '../../support/eventstoredb/stubs.ts';

const here = withServer();

async function answerTo(request: ReadReq): Promise<readonly string[]> {
  const client = new StreamsClient(`127.0.0.1:${here.server.port}`, grpc.credentials.createInsecure());
  const items = await new Received(client.read(request)).toTheEnd();
  client.close();
  return items.map(({ word }) => word);
}
const optionsOf = (request: ReadReq) => {
  const options = request.getOptions();
  if (options === undefined) throw new Error('a request without options');
  return options;
};

describe('a read', () => {
  it.each([
    ['a stream with a filter', { stream: 's', filter: { prefixes: ['x'] } }, '(Stream, Count, Forwards, Filter)'],
    [
      'a stream, subscribed backwards',
      { stream: 's', subscribes: true, backwards: true },
      '(Stream, Subscription, Backwards, NoFilter)',
    ],
    ['$all, subscribed backwards', { subscribes: true, backwards: true }, '(All, Subscription, Backwards, NoFilter)'],
  ])('of %s is refused', async (_name, asked, combination) => {
    expect(await answerTo(readRequest(asked))).toEqual([
      `INVALID_ARGUMENT: The combination of ${combination} is invalid.`,
    ]);
  });

  it('that does not say how ids are to be written is refused', async () => {
    const request = readRequest({ stream: 's' });
    optionsOf(request).clearUuidOption();

    const [refusal] = await answerTo(request);
    expect(refusal).toMatch(/^INVALID_ARGUMENT: {2}`uuidOption` is a required argument/);
  });

  it('that says neither how many nor to subscribe is refused', async () => {
    const request = readRequest({ stream: 's' });
    optionsOf(request).clearCount();

    const [refusal] = await answerTo(request);
    expect(refusal).toMatch(/^INVALID_ARGUMENT: The combination of \(Stream, None, Forwards, NoFilter\)/);
  });

  it('with a filter that has no window is refused', async () => {
    const request = readRequest({ filter: { prefixes: ['x'] } });
    optionsOf(request).getFilter()?.clearCount();

    expect((await answerTo(request))[0]).toMatch(/^INVALID_ARGUMENT: 'None' is not a valid .*WindowOneofCase$/);
  });

  it('with a checkpoint interval of nothing is refused', async () => {
    const words = await answerTo(readRequest({ subscribes: true, filter: { prefixes: ['x'], multiplier: 0 } }));

    expect(words).toEqual(['UNKNOWN: Exception was thrown by handler.']);
  });

  it('of a stream without a name fails', async () => {
    expect(await answerTo(readRequest({ stream: '' }))).toEqual(['UNKNOWN: Exception was thrown by handler.']);
  });
});

describe('an append', () => {
  it.each(['type', 'content-type'] as const)('of an event without its %s is refused', async (without) => {
    const { conversation, stream, prefix } = here;
    const event = { label: `${prefix}a`, without };

    expect(await conversation.appendUnary(stream, 'any', [event])).toEqual({
      code: 'INVALID_ARGUMENT',
      details: `Required Metadata Property '${without}' is missing`,
      exception: 'missing-required-metadata-property',
    });
    expect(await conversation.append(stream, 'any', [event])).toMatchObject({ status: 'BadRequest' });
  });

  it('without options fails', async () => {
    const client = new StreamsClient(`127.0.0.1:${here.server.port}`, grpc.credentials.createInsecure());
    const details = await new Promise((resolve) => client.append((error) => resolve(error?.details)).end());
    client.close();

    expect(details).toBe('Exception was thrown by handler.');
  });
});
