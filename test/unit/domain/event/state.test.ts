import { describe, expect, it } from 'vitest';
import { interruptionOf } from '../../../../src/domain/event/interruption.ts';
import { type EventState, fold } from '../../../../src/domain/event/state.ts';
import {
  failed,
  failure,
  histories,
  moment,
  replayRequested,
  request,
  type StateName,
  started,
  succeeded,
} from '../../../support/domain/transitions.ts';

const atFirst: EventState = {
  status: 'RECEIVED',
  received: request,
  generation: 0,
  attempts: 0,
  claim: null,
  nextAttemptAt: null,
  failure: null,
  suspicions: [],
};
const claim = { worker: 'worker-1', leaseExpiresAt: moment(30) };

const expected: Readonly<Record<StateName, EventState | null>> = {
  'not received': null,
  received: atFirst,
  processing: { ...atFirst, status: 'PROCESSING', attempts: 1, claim },
  processed: { ...atFirst, status: 'PROCESSED', attempts: 1 },
  'waiting for a retry': { ...atFirst, status: 'FAILED', attempts: 1, nextAttemptAt: moment(60), failure },
  interrupted: {
    ...atFirst,
    status: 'FAILED',
    nextAttemptAt: moment(10),
    failure: interruptionOf('process-ended'),
    suspicions: [{ at: moment(10), ended: 'handlers', wasAlone: false }],
  },
  dead: { ...atFirst, status: 'DEAD', attempts: 1, failure },
  replayed: { ...atFirst, generation: 1 },
  discarded: { ...atFirst, status: 'DISCARDED', attempts: 1, failure },
};

describe('the state of an event', () => {
  it.each(Object.keys(expected) as StateName[])('is what its history adds up to: %s', (name) => {
    expect(fold(histories[name])).toEqual(expected[name]);
  });

  it('between a failure and what follows from it is neither claimed nor due', () => {
    const state = { ...atFirst, status: 'FAILED', attempts: 1, failure };
    expect(fold([...histories.processing, failed()])).toEqual(state);
  });

  it('keeps the last failure while the next attempt runs, until one succeeds', () => {
    const retrying = [...histories['waiting for a retry'], started({ attempt: 2 })];
    expect(fold(retrying)).toEqual({ ...atFirst, status: 'PROCESSING', attempts: 2, claim, failure });
    expect(fold([...retrying, succeeded({ attempt: 2 })])).toEqual({ ...atFirst, status: 'PROCESSED', attempts: 2 });
  });

  it('forgets the failures and attempts of an earlier generation', () => {
    expect(fold([...histories.dead, replayRequested()])).toEqual({ ...atFirst, generation: 1 });
  });
});
