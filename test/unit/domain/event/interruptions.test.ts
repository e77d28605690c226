import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../src/domain/event/decide.ts';
import { type EventState, evolve, fold } from '../../../../src/domain/event/state.ts';
import { companyOf } from '../../../../src/domain/event/suspicion.ts';
import type { Transition } from '../../../../src/domain/event/transitions.ts';
import {
  completeProcessing,
  expireLease,
  failProcessing,
  interruptProcessing,
  startProcessing,
} from '../../../support/domain/commands.ts';
import { given } from '../../../support/domain/given.ts';
import { failure, histories, interrupted, moment, policy, received } from '../../../support/domain/transitions.ts';

const generous = { ...policy, maxAttempts: 1 };
const HOUR = 3_600;

/** A life of workers that end while they run the event, `everyHours`, until it is dead or has survived `times` ends. */
function endWorkers(times: number, everyHours: number, limits: { maxCrashes: number; windowMs: number } | null = null) {
  let state = fold([received()]) as EventState;
  const transitions: Transition[] = [];
  for (let end = 1; end <= times && state.status !== 'DEAD'; end++) {
    const at = end * everyHours * HOUR;
    const run = { generation: 0, attempt: state.attempts + 1 };
    const claim = { worker: `worker-${end}`, leaseExpiresAt: moment(at + 30) };
    const poison = limits === null ? {} : { poison: limits };
    for (const command of [
      startProcessing({ ...run, ...claim, now: moment(at) }),
      expireLease({ ...run, claim, policy: generous, now: moment(at + 30), jitter: 0, ...poison }),
    ]) {
      const decision = decide(state, command);
      if (!decision.ok) throw new Error(decision.rejection.code);
      state = decision.transitions.reduce<EventState>(evolve, state);
      transitions.push(...decision.transitions);
    }
  }
  return { state, transitions };
}

describe('an attempt that something else than its handler ended', () => {
  it('is interrupted and not counted: it starts again under its number', () => {
    given(...histories.processing)
      .when(interruptProcessing())
      .leadsTo(interrupted());
    given(...histories.interrupted)
      .when(startProcessing({ now: moment(10) }))
      .leadsTo({
        type: 'ProcessingStarted',
        data: { generation: 0, attempt: 1, worker: 'worker-2', leaseExpiresAt: moment(130) },
      });
  });

  it('waits as a retry would, from the second time on', () => {
    const again = { claim: { worker: 'worker-2', leaseExpiresAt: moment(130) } };
    const running = [...histories.interrupted, { type: 'ProcessingStarted', data: startedAgain } as const];
    given(...running)
      .when(interruptProcessing({ ...again, now: moment(20) }))
      .leadsTo(interrupted({}, { interruptedAt: moment(20), dueAt: moment(20.5) }));
  });

  it.each([
    ['success', completeProcessing()],
    ['failure', failProcessing()],
    ['interruption', interruptProcessing()],
  ])('takes no late %s of the run before for that of the next', (_, late) => {
    given(...histories.interrupted, { type: 'ProcessingStarted', data: startedAgain })
      .when(late)
      .isRefused({ code: 'stale-attempt', status: 'PROCESSING' });
  });

  it('makes nobody a suspect when its worker was asked to stop', () => {
    const state = fold([...histories.processing, interrupted({}, { cause: 'stopping' })]);
    expect(state?.suspicions).toEqual([]);
  });
});

const startedAgain = { generation: 0, attempt: 1, worker: 'worker-2', leaseExpiresAt: moment(130) };

describe('an event in whose company processes end', () => {
  it('runs beside fewer each time, until it is alone', () => {
    const companies = [0, 1, 2, 3].map((ends) => companyOf(endWorkers(ends, 1).state));
    expect(companies).toEqual(['any', 'few', 'alone', 'alone']);
  });

  it('has a process of handlers of its own once one ended that it shared', () => {
    expect(companyOf(fold(histories.interrupted) as EventState)).toBe('own-process');
  });

  it('is dead as poison after three ends within 72 hours that it was alone with, at its first attempt', () => {
    const { state, transitions } = endWorkers(100, 1);
    expect(state).toMatchObject({ status: 'DEAD', attempts: 1 });
    expect(transitions.filter(({ type }) => type === 'ProcessingStarted')).toHaveLength(5);
    expect(transitions.slice(-2)).toMatchObject([
      { type: 'ProcessingFailed', data: { attempt: 1, failure: { class: 'Poison', fingerprint: 'poison' } } },
      { type: 'EventDeadLettered', data: { attempt: 1, reason: 'poison' } },
    ]);
  });

  it.each([1, 2, 3])('is dead after as many as the limit says: %i', (maxCrashes) => {
    const { transitions } = endWorkers(100, 1, { maxCrashes, windowMs: 72 * HOUR * 1_000 });
    expect(transitions.filter(({ type }) => type === 'ProcessingStarted')).toHaveLength(2 + maxCrashes);
  });

  it('is not poison when they lie further apart', () => {
    expect(endWorkers(50, 37).state.status).toBe('FAILED');
  });

  it('keeps what it remembers small', () => {
    expect(endWorkers(50, 37).state.suspicions.length).toBeLessThanOrEqual(16);
  });

  it('is never dead by ends that it was in company with', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), (ends) => {
        let state = fold([received()]) as EventState;
        for (let end = 0; end < ends; end++) {
          const run = { generation: 0, attempt: 1 };
          const claim = { worker: 'worker-2', leaseExpiresAt: moment(end * 100 + 130) };
          const start = startProcessing({ ...run, now: moment(1_000_000), leaseExpiresAt: claim.leaseExpiresAt });
          for (const command of [start, interruptProcessing({ ...run, claim, now: moment(end) })]) {
            const decision = decide(state, command);
            if (decision.ok) state = decision.transitions.reduce<EventState>(evolve, state);
          }
        }
        expect(state).toMatchObject({ status: ends === 0 ? 'RECEIVED' : 'FAILED', attempts: 0 });
      }),
    );
  });

  it('that fails by itself goes by its policy', () => {
    const decision = decide(fold(histories.processing), failProcessing({ policy: generous, failure }));
    expect(decision).toMatchObject({
      transitions: [
        { type: 'ProcessingFailed' },
        { type: 'EventDeadLettered', data: { reason: 'attempts-exhausted' } },
      ],
    });
  });
});
