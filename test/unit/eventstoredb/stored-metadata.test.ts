import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { restoreMetadata, storeMetadata } from '../../../src/adapters/eventstoredb/stored-metadata.ts';

const ours = { schemaVersion: 3, recordedAt: '2026-01-02T03:04:05.678Z' };
const anyText = fc.oneof(
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc.string().map((text) => `{${text}}`),
);

describe('metadata in EventStoreDB', () => {
  it('comes back exactly, whatever text it is', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1 }), (metadata, schemaVersion) => {
        const envelope = { ...ours, schemaVersion, metadata };
        expect(restoreMetadata(storeMetadata(envelope))).toEqual(envelope);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '{}',
    '{ }',
    '{"a":1}',
    ' {"a":1}',
    '{"a":1} ',
    '{\n"a":1}',
    '{"metadataText":"x"}',
    '{"schemaVersion":9,"recordedAt":"y"}',
    '[]',
    'null',
    '',
    '{',
    '}',
    '{"',
  ])('comes back exactly: %s', (metadata) => {
    expect(restoreMetadata(storeMetadata({ ...ours, metadata }))).toEqual({ ...ours, metadata });
  });

  it('is JSON, with the ids that EventStoreDB looks for at the top, beside ours', () => {
    const metadata = '{"$correlationId":"c","$causationId":"b","actor":{"kind":"process"}}';
    expect(JSON.parse(storeMetadata({ ...ours, metadata }))).toEqual({ ...ours, ...JSON.parse(metadata) });
  });

  it('is JSON also where the text is none', () => {
    expect(JSON.parse(storeMetadata({ ...ours, metadata: 'not "JSON"' }))).toEqual({
      ...ours,
      metadataText: 'not "JSON"',
    });
  });

  it.each(['', '{}', '{"a":1}', 'text', '{"schemaVersion":1,"recordedAt":"x","metadataText":oops}'])(
    'of events that others wrote is left as it is, under a schema version that nobody reads: %s',
    (metadata) => {
      expect(restoreMetadata(metadata)).toEqual({ schemaVersion: 0, recordedAt: '', metadata });
    },
  );
});
