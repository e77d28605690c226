import { describe, expect, it } from 'vitest';
import { FIRST_PREV_HASH, hashOf, isAsWritten, seal } from '../../../src/application/envelope.ts';
import { decodeEventTransition } from '../../../src/application/event-history.ts';
import { type LogPosition, revision } from '../../../src/application/ports/event-log.ts';
import { recordedFrom } from '../../../src/application/sealed-transition.ts';
import { eventAggregate } from '../../../src/domain/event/aggregate.ts';
import { moment, succeeded } from '../../support/domain/transitions.ts';

const transition = succeeded();
const sealed = seal(eventAggregate, transition, {
  actor: { kind: 'process', process: 'worker-1' },
  causationId: 'request-1',
  correlationId: 'event-1',
  id: '6f5d6c0e-0000-8000-8000-000000000000',
  prevHash: FIRST_PREV_HASH,
  recordedAt: moment(0),
  revision: 2,
  schemaVersion: 1,
  stream: 'event-1',
  type: transition.type,
});
const position = 7n as LogPosition;
const kept = recordedFrom(sealed, 'event-1', revision(2), position);

describe('a transition that the process which appended it keeps in memory', () => {
  it('says what one says that is read from the log', () => {
    const read = { ...kept };
    expect(decodeEventTransition(kept)).toEqual(decodeEventTransition(read));
    expect(hashOf(kept)).toBe(hashOf(read));
    expect([isAsWritten(kept), isAsWritten(read)]).toEqual([true, true]);
  });

  it('is checked like any other once it is a copy, whatever happened to it', () => {
    expect(isAsWritten({ ...kept, data: kept.data.replace('12', '13') })).toBe(false);
    expect(isAsWritten(structuredClone({ ...kept, recordedAt: moment(1) }))).toBe(false);
  });

  it('is checked like any other when it stands in a stream or at a revision that its hash does not cover', () => {
    expect(isAsWritten(recordedFrom(sealed, 'event-1', revision(3), position))).toBe(false);
    expect(isAsWritten(recordedFrom(sealed, 'event-2', revision(2), position))).toBe(false);
  });
});
