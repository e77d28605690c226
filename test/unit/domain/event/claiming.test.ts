import { describe, it } from 'vitest';
import { startProcessing } from '../../../support/domain/commands.ts';
import { given } from '../../../support/domain/given.ts';
import { histories, moment } from '../../../support/domain/transitions.ts';

const claim = (generation: number, attempt: number) => ({
  type: 'ProcessingStarted' as const,
  data: { generation, attempt, worker: 'worker-2', leaseExpiresAt: moment(130) },
});

describe('claiming an attempt', () => {
  it('starts the first attempt of a received event', () => {
    given(...histories.received)
      .when(startProcessing())
      .leadsTo(claim(0, 1));
  });

  it('starts the first attempt of the next generation after a replay', () => {
    given(...histories.replayed)
      .when(startProcessing({ generation: 1 }))
      .leadsTo(claim(1, 1));
  });

  it('starts the next attempt at the moment it is due', () => {
    given(...histories['waiting for a retry'])
      .when(startProcessing({ attempt: 2, now: moment(60) }))
      .leadsTo(claim(0, 2));
  });

  it('refuses an attempt before it is due', () => {
    given(...histories['waiting for a retry'])
      .when(startProcessing({ attempt: 2, now: moment(59.999) }))
      .isRefused({ code: 'retry-not-due', dueAt: moment(60) });
  });

  it.each([
    ['received', 'RECEIVED', { attempt: 2 }],
    ['received', 'RECEIVED', { generation: 1 }],
    ['processing', 'PROCESSING', { attempt: 1 }],
    ['processing', 'PROCESSING', { attempt: 2 }],
    ['processed', 'PROCESSED', { attempt: 2 }],
    ['waiting for a retry', 'FAILED', { attempt: 1 }],
    ['waiting for a retry', 'FAILED', { attempt: 3 }],
    ['dead', 'DEAD', { attempt: 2 }],
    ['replayed', 'RECEIVED', { generation: 0, attempt: 2 }],
    ['discarded', 'DISCARDED', { attempt: 2 }],
  ] as const)('refuses, when %s (%s), an attempt that is not next: %o', (state, status, run) => {
    given(...histories[state])
      .when(startProcessing(run))
      .isRefused({ code: 'stale-attempt', status });
  });

  it('refuses an event that was never received', () => {
    given().when(startProcessing()).isRefused({ code: 'event-not-found' });
  });
});
