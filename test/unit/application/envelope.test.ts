import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/application/canonical-json.ts';
import { seal, unseal } from '../../../src/application/envelope.ts';
import { type LogPosition, revision } from '../../../src/application/ports/event-log.ts';
import { eventAggregate } from '../../../src/domain/event/aggregate.ts';
import type { Transition } from '../../../src/domain/event/transitions.ts';
import { moment, succeeded } from '../../support/domain/transitions.ts';

const envelope = {
  stream: 'event-1',
  revision: 2,
  id: '6f5d6c0e-0000-8000-8000-000000000000',
  type: 'ProcessingSucceeded',
  schemaVersion: 1,
  recordedAt: moment(0),
  actor: { kind: 'process', process: 'worker-1' },
  correlationId: 'event-1',
  causationId: 'request-1',
  requestId: 'request-1',
  traceparent: '00-11111111111111111111111111111111-2222222222222222-01',
  prevHash: 'a'.repeat(64),
} as const;

const recorded = (transition: Transition) => {
  const { hash: _, ...proposed } = seal(eventAggregate, transition, envelope);
  return { ...proposed, stream: envelope.stream, revision: revision(2), position: 7n as LogPosition };
};

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

/** RFC 8785 again, in a few lines of its own. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}

describe('a sealed transition', () => {
  it('gives its envelope back', () => {
    expect(unseal(recorded(succeeded())).envelope).toEqual(envelope);
    expect(unseal(recorded(succeeded())).hash).toBe(seal(eventAggregate, succeeded(), envelope).hash);
  });

  it('has the hash that an auditor computes from the documented rule alone', () => {
    const { data, metadata, hash } = seal(eventAggregate, succeeded(), envelope);
    const { hash: stored, $correlationId, $causationId, ...rest } = JSON.parse(metadata);
    const covered = {
      ...rest,
      stream: 'event-1',
      revision: 2,
      id: envelope.id,
      type: 'ProcessingSucceeded',
      schemaVersion: 1,
      recordedAt: moment(0),
      correlationId: $correlationId,
      causationId: $causationId,
      dataSha256: sha256(data),
    };
    expect(stored).toBe(sha256(canonical(covered)));
    expect(hash).toBe(stored);
  });

  it('keeps its data as canonical JSON', () => {
    const { data } = seal(eventAggregate, succeeded(), envelope);
    expect(data).toBe(canonical(succeeded().data));
    expect(JSON.parse(data)).toEqual(succeeded().data);
  });

  it.each([
    ['a duration that is no whole number', { durationMs: 12.5 }],
    ['a result that is no JSON', { result: new Date(0) as never }],
    ['an attempt that no run has', { attempt: 0 }],
  ])('is refused with data that could not be read again: %s', (_what, wrong) => {
    const { data } = succeeded() as Transition<'ProcessingSucceeded'>;
    expect(() =>
      seal(eventAggregate, { type: 'ProcessingSucceeded', data: { ...data, ...wrong } }, envelope),
    ).toThrow();
  });

  it('leaves out what does not belong to its shape', () => {
    const { data } = succeeded() as Transition<'ProcessingSucceeded'>;
    const more = { ...data, password: 'left over in the object' };
    expect(seal(eventAggregate, { type: 'ProcessingSucceeded', data: more }, envelope)).toEqual(
      seal(eventAggregate, succeeded(), envelope),
    );
  });

  it('names its correlation and cause as EventStoreDB does', () => {
    expect(JSON.parse(recorded(succeeded()).metadata)).toMatchObject({
      $correlationId: 'event-1',
      $causationId: 'request-1',
    });
  });
});

describe('canonical JSON', () => {
  it('equals an independent computation', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary', maxDepth: 3, depthSize: 'xsmall' }), (value) => {
        expect(canonicalJson(value)).toBe(canonical(value));
      }),
      { numRuns: 40 },
    );
  });

  it.each([['\ud800'], [Number.NaN], [Number.POSITIVE_INFINITY], [undefined], [{ '\udfff': 1 }]])(
    'refuses what has no JSON form: %j',
    (value) => {
      expect(() => canonicalJson(value)).toThrow();
    },
  );
});
