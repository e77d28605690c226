import streams from '@eventstore/db-client/generated/streams_pb.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeAppend } from '../../../src/adapters/eventstoredb/encode-append.ts';
import { restoreMetadata } from '../../../src/adapters/eventstoredb/stored-metadata.ts';
import type { AppendRequest } from '../../../src/application/ports/event-log.ts';
import { revision } from '../../../src/application/ports/event-log.ts';
import { request, transition } from '../../support/event-log/transitions.ts';

const CORRELATION_ID = '01234567-89ab-4cde-8f01-23456789abcd';
const utf8 = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

/** What the generated stubs make of the bytes. */
function decoded(sent: AppendRequest) {
  const message = streams.BatchAppendReq.deserializeBinary(encodeAppend(sent, CORRELATION_ID));
  const options = message.getOptions();
  expect([message.getCorrelationId()?.getString(), message.getIsFinal()]).toEqual([CORRELATION_ID, true]);
  return {
    stream: utf8(options?.getStreamIdentifier()?.getStreamName_asU8() ?? new Uint8Array()),
    expectedRevision: options?.hasNoStream() ? 'no-stream' : BigInt(options?.getStreamPosition() ?? -1),
    hasDeadline: options?.hasDeadline(),
    transitions: message.getProposedMessagesList().map((proposed) => ({
      id: proposed.getId()?.getString(),
      type: proposed.getMetadataMap().get('type'),
      contentType: proposed.getMetadataMap().get('content-type'),
      data: utf8(proposed.getData_asU8()),
      ...restoreMetadata(utf8(proposed.getCustomMetadata_asU8())),
    })),
  };
}

const asDecoded = (sent: AppendRequest) => ({
  ...sent,
  hasDeadline: false,
  transitions: sent.transitions.map((each) => ({ ...each, contentType: 'application/json' })),
});

const text = fc.string({ unit: 'grapheme', maxLength: 300 });
const anyRequest = fc.record({
  stream: text.map((name) => `s${name}`),
  expectedRevision: fc.oneof(
    fc.constant('no-stream' as const),
    fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(revision),
  ),
  transitions: fc.array(
    fc.record({ id: fc.uuid(), type: text, data: text, metadata: text }).map((given) => transition(given)),
    { minLength: 1, maxLength: 5 },
  ),
});

describe('an append on its way to EventStoreDB', () => {
  it('is what the protocol says it is', () => {
    fc.assert(
      fc.property(anyRequest, (sent) => {
        expect(decoded(sent)).toEqual(asDecoded(sent));
      }),
      { numRuns: 200 },
    );
  });

  it.each([0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152])('may be of any length, as of %i bytes', (bytes) => {
    const sent = request({ transitions: [transition({ data: 'x'.repeat(bytes), metadata: 'ä'.repeat(bytes / 2) })] });
    expect(decoded(sent)).toEqual(asDecoded(sent));
  });

  it('carries JSON as the bytes that it is: nothing is parsed or written again', () => {
    const data = '{"b": 1.0,"a":12345678901234567890,"b":-0}';
    expect(decoded(request({ transitions: [transition({ data })] })).transitions[0]).toMatchObject({
      data,
      contentType: 'application/json',
    });
  });
});
