import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRecordedEvent } from '../../support/eventstoredb/log/recorded-event.ts';
import { streams } from '../../support/eventstoredb/stubs.ts';

const { RecordedEvent } = streams.ReadResp.ReadEvent;

describe('a recorded event', () => {
  it('is read by the stubs as it was written, whatever is in it', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const number = fc.maxSafeNat();
    const event = fc.record({
      id: fc.uuid(),
      stream: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
      type: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
      revision: number,
      position: number,
      isJson: fc.boolean(),
      createdMs: fc.nat(),
      data: bytes,
      metadata: bytes,
    });
    fc.assert(
      fc.property(event, (written) => {
        const read = RecordedEvent.deserializeBinary(encodeRecordedEvent(written));
        const properties = read.getMetadataMap();
        expect({
          id: read.getId()?.getString(),
          stream: Buffer.from(read.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString(),
          type: properties.get('type'),
          revision: Number(read.getStreamRevision()),
          position: Number(read.getPreparePosition()),
          isJson: properties.get('content-type') === 'application/json',
          createdMs: Number(properties.get('created')) / 10_000,
          data: read.getData_asU8(),
          metadata: read.getCustomMetadata_asU8(),
        }).toEqual(written);
        expect(read.getCommitPosition()).toBe(read.getPreparePosition());
      }),
    );
  });
});
