import { describe, expect, it } from 'vitest';
import { evolve, fold, IllegalTransition } from '../../../../src/domain/event/state.ts';
import type { Transition, TransitionType } from '../../../../src/domain/event/transitions.ts';
import {
  deadLettered,
  discarded,
  everyTransition,
  failed,
  histories,
  received,
  replayRequested,
  retryScheduled,
  started,
  succeeded,
} from '../../../support/domain/transitions.ts';

/** What may follow each history; everything else may not. */
const legal: readonly (readonly [readonly Transition[], readonly TransitionType[]])[] = [
  [histories['not received'], ['EventReceived']],
  [histories.received, ['ProcessingStarted']],
  [histories.processing, ['ProcessingSucceeded', 'ProcessingFailed', 'ProcessingInterrupted']],
  [histories.interrupted, ['ProcessingStarted']],
  [
    [received(), started(), failed()],
    ['RetryScheduled', 'EventDeadLettered'],
  ],
  [histories['waiting for a retry'], ['ProcessingStarted']],
  [histories.processed, ['ReplayRequested']],
  [histories.dead, ['ReplayRequested', 'EventDiscarded']],
  [histories.replayed, ['ProcessingStarted']],
  [histories.discarded, []],
];

const steps = legal.flatMap(([history, followers]) =>
  everyTransition(history).map((transition) => ({
    history,
    after: history.map(({ type }) => type).join(', ') || 'nothing',
    transition,
    isLegal: followers.includes(transition.type),
  })),
);

describe('the steps of a history', () => {
  it.each(steps.filter(({ isLegal }) => isLegal))('$transition.type may follow $after', ({ history, transition }) => {
    expect(evolve(fold(history), transition)).toBeDefined();
  });

  it.each(steps.filter(({ isLegal }) => !isLegal))(
    '$transition.type may not follow $after',
    ({ history, transition }) => {
      expect(() => evolve(fold(history), transition)).toThrow(IllegalTransition);
    },
  );

  it.each([
    [histories.received, started({ attempt: 2 })],
    [histories.received, started({ generation: 1 })],
    [histories.processing, succeeded({ attempt: 2 })],
    [histories.processing, succeeded({ generation: 1 })],
    [histories.processing, failed({ attempt: 2 })],
    [[received(), started(), failed()], retryScheduled({ attempt: 3 })],
    [[received(), started(), failed()], deadLettered({ attempt: 2 })],
    [histories['waiting for a retry'], started({ attempt: 3 })],
    [histories.processed, replayRequested(2)],
    [histories.dead, replayRequested(0)],
    [histories.dead, discarded(1)],
    [histories.replayed, started({ generation: 0, attempt: 2 })],
  ])('a transition of another run may not follow: case %#', (history, transition) => {
    expect(() => evolve(fold(history), transition)).toThrow(IllegalTransition);
  });
});
