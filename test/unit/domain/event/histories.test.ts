import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../src/domain/event/decide.ts';
import { evolve, fold } from '../../../../src/domain/event/state.ts';
import { eventStatuses } from '../../../../src/domain/event/status.ts';
import { type Transition, transitionSchemas } from '../../../../src/domain/event/transitions.ts';
import { carryOut, order, orders } from '../../../support/domain/arbitrary.ts';
import { policy } from '../../../support/domain/transitions.ts';

const isTerminal = ({ type }: Transition) => type === 'ProcessingSucceeded' || type === 'EventDeadLettered';

/** The history cut where each generation begins. */
function generations(history: readonly Transition[]): Transition[][] {
  const cut: Transition[][] = [[]];
  for (const transition of history) {
    if (transition.type === 'ReplayRequested') cut.push([]);
    cut.at(-1)?.push(transition);
  }
  return cut;
}

describe('any series of commands', () => {
  it('leads to a history that folds', () => {
    fc.assert(
      fc.property(orders, (series) => {
        const { history, state } = carryOut(series);
        expect(fold(history)).toEqual(state);
      }),
    );
  });

  it('never leads to a step that is not legal, wherever it stands', () => {
    fc.assert(
      fc.property(orders, order, fc.nat(), (series, make, cutAt) => {
        const { history } = carryOut(series);
        // Any prefix, also one that ends between a failure and what was recorded with it.
        const state = fold(history.slice(0, 1 + (cutAt % history.length)));
        const decision = decide(state, make(state));
        if (decision.ok) decision.transitions.reduce(evolve, state);
      }),
    );
  });

  it('leads to transitions that can be read again from the log', () => {
    fc.assert(
      fc.property(orders, (series) => {
        for (const { type, data } of carryOut(series).history)
          expect(transitionSchemas[type].parse(JSON.parse(JSON.stringify(data)))).toEqual(data);
      }),
    );
  });

  it('adds up to the same from any prefix', () => {
    fc.assert(
      fc.property(orders, fc.nat(), (series, cutAt) => {
        const { history, state } = carryOut(series);
        const middle = cutAt % (history.length + 1);
        expect(fold(history.slice(middle), fold(history.slice(0, middle)))).toEqual(state);
      }),
    );
  });

  it('reaches at most one end in each generation', () => {
    fc.assert(
      fc.property(orders, (series) => {
        for (const generation of generations(carryOut(series).history))
          expect(generation.filter(isTerminal).length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('starts no more attempts in a generation than the policy allows, and each once but for interruptions', () => {
    fc.assert(
      fc.property(orders, (series) => {
        for (const generation of generations(carryOut(series).history)) {
          const attempts: number[] = [];
          for (const { type, data } of generation) {
            if (type === 'ProcessingStarted') attempts.push(data.attempt);
            if (type === 'ProcessingInterrupted') expect(attempts.pop()).toBe(data.attempt);
          }
          expect(attempts).toEqual(attempts.map((_, index) => index + 1));
          expect(attempts.length).toBeLessThanOrEqual(policy.maxAttempts);
        }
      }),
    );
  });

  it('is drawn so that every status is reached and histories grow long', () => {
    const drawn = fc.sample(orders, { numRuns: 200, seed: 1 }).map(carryOut);
    expect(new Set(drawn.map(({ state }) => state?.status))).toEqual(new Set(eventStatuses));
    expect(drawn.filter(({ history }) => history.length > 20).length).toBeGreaterThan(40);
    expect(drawn.some(({ state }) => (state?.generation ?? 0) > 2)).toBe(true);
  });
});
