import { describe, expect, it } from 'vitest';
import { decide } from '../../../../src/domain/event/decide.ts';
import { fold } from '../../../../src/domain/event/state.ts';
import { expireLease } from '../../../support/domain/commands.ts';
import { given } from '../../../support/domain/given.ts';
import {
  failed,
  histories,
  moment,
  policy,
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
  it('fails the attempt and schedules the next', () => {
    const expired = {
      class: 'LeaseExpired',
      message: 'worker-1 recorded no outcome before its lease ended',
      stack: null,
      fingerprint: 'lease-expired',
      retryable: true,
      retryAfterMs: null,
    };
    given(...histories.processing)
      .when(expireLease())
      .leadsTo(
        {
          type: 'ProcessingFailed',
          data: { generation: 0, attempt: 1, durationMs: 0, handler: null, failure: expired },
        },
        {
          type: 'RetryScheduled',
          data: { generation: 0, attempt: 2, dueAt: moment(30.5), delayMs: 500, policy },
        },
      );
  });

  it('makes a dead letter of an event without attempts left', () => {
    const decision = decide(fold(histories.processing), expireLease({ policy: { ...policy, maxAttempts: 1 } }));
    expect(decision).toMatchObject({
      ok: true,
      transitions: [{ type: 'ProcessingFailed' }, { type: 'EventDeadLettered', data: { reason: 'lease-expired' } }],
    });
  });

  it('is not before the moment that was promised', () => {
    given(...histories.processing)
      .when(expireLease({ now: moment(29.999) }))
      .isRefused({ code: 'lease-not-expired', leaseExpiresAt: moment(30) });
  });

  it('need not be waited for when the worker is known to be gone', () => {
    expect(typesAfter(expireLease({ now: moment(1), workerIsGone: true }))).toEqual([
      'ProcessingFailed',
      'RetryScheduled',
    ]);
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
