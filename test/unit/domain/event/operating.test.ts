import { describe, it } from 'vitest';
import { discardEvent, replayEvent } from '../../../support/domain/commands.ts';
import { given } from '../../../support/domain/given.ts';
import { discarded, histories, replayRequested, started, succeeded } from '../../../support/domain/transitions.ts';

const unfinished = [
  ['received', 'RECEIVED'],
  ['processing', 'PROCESSING'],
  ['waiting for a retry', 'FAILED'],
  ['replayed', 'RECEIVED'],
] as const;

describe('a replay', () => {
  it.each(['dead', 'processed'] as const)('starts the next generation when %s', (state) => {
    given(...histories[state])
      .when(replayEvent())
      .leadsTo(replayRequested(1));
  });

  it('counts generations on', () => {
    given(...histories.replayed, started({ generation: 1 }), succeeded({ generation: 1 }))
      .when(replayEvent())
      .leadsTo(replayRequested(2));
  });

  it.each(unfinished)('is refused when %s (%s)', (state, status) => {
    given(...histories[state])
      .when(replayEvent())
      .isRefused({ code: 'event-still-processing', status });
  });

  it('does not bring a discarded event back', () => {
    given(...histories.discarded)
      .when(replayEvent())
      .isRefused({ code: 'event-discarded' });
  });

  it('of an event that was never received is refused', () => {
    given().when(replayEvent()).isRefused({ code: 'event-not-found' });
  });
});

describe('discarding', () => {
  it('ends a dead letter', () => {
    given(...histories.dead)
      .when(discardEvent())
      .leadsTo(discarded());
  });

  it.each([...unfinished, ['processed', 'PROCESSED'] as const])('is refused when %s (%s)', (state, status) => {
    given(...histories[state])
      .when(discardEvent())
      .isRefused({ code: 'event-not-dead', status });
  });

  it('a discarded event is refused', () => {
    given(...histories.discarded)
      .when(discardEvent())
      .isRefused({ code: 'event-discarded' });
  });

  it('an event that was never received is refused', () => {
    given().when(discardEvent()).isRefused({ code: 'event-not-found' });
  });
});
