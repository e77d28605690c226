import { describe, expect, it } from 'vitest';
import { decide } from '../../../../src/domain/event/decide.ts';
import { fold } from '../../../../src/domain/event/state.ts';
import { expireLease, startProcessing } from '../../../support/domain/commands.ts';
import { given } from '../../../support/domain/given.ts';
import {
  failed,
  histories,
  interrupted,
  moment,
  received,
  retryScheduled,
  started,
} from '../../../support/domain/transitions.ts';

const reclaimed = [received(), started(), failed(), retryScheduled(), started({ attempt: 2 })];
const typesAfter = (command: ReturnType<typeof expireLease>) => {
  const decision = decide(fold(histories.processing), command);
  return decision.ok ? decision.transitions.map(({ type }) => type) : decision.rejection.code;
};

describe('the end of a lease', () => {
  it('interrupts the attempt, which is not counted and may start again at once', () => {
    given(...histories.processing)
      .when(expireLease())
      .leadsTo(interrupted({}, { cause: 'lease-expired', interruptedAt: moment(30), dueAt: moment(30) }));
  });

  it('is not before the moment that was promised', () => {
    given(...histories.processing)
      .when(expireLease({ now: moment(29.999) }))
      .isRefused({ code: 'lease-not-expired', leaseExpiresAt: moment(30) });
  });

  it('need not be waited for when the worker is known to be gone', () => {
    expect(typesAfter(expireLease({ now: moment(1), workerIsGone: true }))).toEqual(['ProcessingInterrupted']);
  });

  it('of one run leaves the next run of the same attempt alone, whoever is gone', () => {
    const claimedAgain = startProcessing({ now: moment(30) });
    const decision = decide(fold([...histories.interrupted]), claimedAgain);
    const again = decision.ok ? decision.transitions : [];
    given(...histories.interrupted, ...again)
      .when(expireLease({ now: moment(1_000), workerIsGone: true }))
      .isRefused({ code: 'stale-attempt', status: 'PROCESSING' });
  });

  it('of one attempt leaves a later one alone, whoever is gone', () => {
    given(...reclaimed)
      .when(expireLease({ now: moment(1_000), workerIsGone: true }))
      .isRefused({ code: 'stale-attempt', status: 'PROCESSING' });
  });

  it.each([
    ['received', 'RECEIVED'],
    ['processed', 'PROCESSED'],
    ['waiting for a retry', 'FAILED'],
    ['interrupted', 'FAILED'],
    ['dead', 'DEAD'],
    ['replayed', 'RECEIVED'],
    ['discarded', 'DISCARDED'],
  ] as const)('means nothing when %s (%s)', (state, status) => {
    given(...histories[state])
      .when(expireLease())
      .isRefused({ code: 'stale-attempt', status });
  });

  it('means nothing for an event that was never received', () => {
    given().when(expireLease()).isRefused({ code: 'event-not-found' });
  });
});
