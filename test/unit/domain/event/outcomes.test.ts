import { describe, it } from 'vitest';
import { completeProcessing, failProcessing } from '../../../support/domain/commands.ts';
import { given } from '../../../support/domain/given.ts';
import {
  failed,
  failure,
  histories,
  moment,
  policy,
  received,
  retryScheduled,
  started,
  succeeded,
} from '../../../support/domain/transitions.ts';

const lastAttempt = [
  received(),
  started(),
  failed(),
  retryScheduled(),
  started({ attempt: 2 }),
  failed({ attempt: 2 }),
  retryScheduled({ attempt: 3 }),
  started({ attempt: 3 }),
];

const notRunning = [
  ['received', 'RECEIVED'],
  ['processed', 'PROCESSED'],
  ['waiting for a retry', 'FAILED'],
  ['dead', 'DEAD'],
  ['replayed', 'RECEIVED'],
  ['discarded', 'DISCARDED'],
] as const;

describe('a success', () => {
  it('ends the running attempt', () => {
    given(...histories.processing)
      .when(completeProcessing())
      .leadsTo(succeeded());
  });

  it.each(notRunning)('is refused when %s (%s)', (state, status) => {
    given(...histories[state])
      .when(completeProcessing())
      .isRefused({ code: 'stale-attempt', status });
  });

  it.each([{ attempt: 2 }, { generation: 1 }])('of another attempt is refused: %o', (run) => {
    given(...histories.processing)
      .when(completeProcessing(run))
      .isRefused({ code: 'stale-attempt', status: 'PROCESSING' });
  });

  it('of an event that was never received is refused', () => {
    given().when(completeProcessing()).isRefused({ code: 'event-not-found' });
  });
});

describe('a failure', () => {
  const deadLettered = (reason: 'attempts-exhausted' | 'not-retryable' | 'no-handler', attempt = 1) => ({
    type: 'EventDeadLettered' as const,
    data: { generation: 0, attempt, reason, policy },
  });

  it('is recorded together with the retry that follows', () => {
    given(...histories.processing)
      .when(failProcessing())
      .leadsTo(failed(), {
        type: 'RetryScheduled',
        data: { generation: 0, attempt: 2, dueAt: moment(0.5), delayMs: 500, policy },
      });
  });

  it('that cannot be retried makes a dead letter', () => {
    const final = { ...failure, retryable: false };
    given(...histories.processing)
      .when(failProcessing({ failure: final }))
      .leadsTo(failed({}, final), deadLettered('not-retryable'));
  });

  it('of the last attempt makes a dead letter', () => {
    given(...lastAttempt)
      .when(failProcessing({ attempt: 3 }))
      .leadsTo(failed({ attempt: 3 }), deadLettered('attempts-exhausted', 3));
  });

  it('for want of a handler makes a dead letter at once', () => {
    given(...histories.processing)
      .when(failProcessing({ handler: null }))
      .leadsTo(
        { type: 'ProcessingFailed', data: { generation: 0, attempt: 1, durationMs: 12, handler: null, failure } },
        deadLettered('no-handler'),
      );
  });

  it.each(notRunning)('is refused when %s (%s)', (state, status) => {
    given(...histories[state])
      .when(failProcessing())
      .isRefused({ code: 'stale-attempt', status });
  });

  it.each([{ attempt: 2 }, { generation: 1 }])('of another attempt is refused: %o', (run) => {
    given(...histories.processing)
      .when(failProcessing(run))
      .isRefused({ code: 'stale-attempt', status: 'PROCESSING' });
  });

  it('of an event that was never received is refused', () => {
    given().when(failProcessing()).isRefused({ code: 'event-not-found' });
  });
});
