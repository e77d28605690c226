import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../../src/domain/event/timeline.ts';
import type { Transition } from '../../../../src/domain/event/transitions.ts';
import {
  deadLettered,
  discarded,
  failed,
  interrupted,
  moment,
  received,
  replayRequested,
  retryScheduled,
  started,
  succeeded,
} from '../../../support/domain/transitions.ts';

/** Each transition with the seconds after noon at which it was recorded. */
type Step = readonly [number, Transition];

function timelineOf(steps: readonly Step[], most = 100): Timeline {
  const timeline = new Timeline(most);
  for (const [revision, [at, transition]] of steps.entries())
    timeline.take({ transition, revision, recordedAt: moment(at), traceparent: null });
  return timeline;
}

const LATER = 10_000;
const spansOf = (steps: readonly Step[], now = LATER) => timelineOf(steps).view(moment(now)).spans;
/** As an operator reads them: what, of which run, for how many seconds. */
const outlineOf = (steps: readonly Step[], now = LATER) =>
  spansOf(steps, now).map(
    ({ kind, generation, attempt, durationMs, outcome }) =>
      `${kind} ${generation}:${attempt} ${durationMs === null ? 'lasts' : `${durationMs / 1_000} s`}${outcome ? `, ${outcome}` : ''}`,
  );

const retried: readonly Step[] = [
  [0, received()],
  [2, started()],
  [5, failed()],
  [5, retryScheduled()],
  [63, started({ attempt: 2 })],
  [70, succeeded({ attempt: 2 })],
];

describe('the timeline of an event', () => {
  it('has each wait, attempt and backoff, with how long it took', () => {
    expect(outlineOf(retried)).toEqual([
      'waiting 0:1 2 s',
      'attempt 0:1 3 s, failed',
      'backoff 0:2 55 s',
      'waiting 0:2 3 s',
      'attempt 0:2 7 s, succeeded',
    ]);
  });

  it('says who ran an attempt, and what it failed with', () => {
    expect(spansOf(retried)[1]).toMatchObject({
      ...{ worker: 'worker-1', handler: 'order.placed', reason: 'TypeError: order has no lines', revision: 1 },
    });
  });

  it('ends with what lasts: a wait, an attempt, a backoff, or the time in the dead letters', () => {
    expect(outlineOf(retried.slice(0, 1))).toEqual(['waiting 0:1 lasts']);
    expect(outlineOf(retried.slice(0, 2)).at(-1)).toBe('attempt 0:1 lasts');
    expect(outlineOf(retried.slice(0, 4), 59).at(-1)).toBe('backoff 0:2 lasts');
    expect(outlineOf(retried.slice(0, 4), 60).at(-1)).toBe('waiting 0:2 lasts');
    expect(outlineOf([...retried.slice(0, 3), [5, deadLettered()]]).at(-1)).toBe('dead 0:1 lasts');
  });

  it("has the operator's acts, with their reasons", () => {
    const dead: readonly Step[] = [...retried.slice(0, 3), [5, deadLettered()]];
    const replayed: readonly Step[] = [...dead, [100, replayRequested()], [101, started({ generation: 1 })]];
    expect(outlineOf(replayed).slice(2)).toEqual(['dead 0:1 95 s, replayed', 'waiting 1:1 1 s', 'attempt 1:1 lasts']);
    expect(spansOf(replayed)[2]).toMatchObject({ reason: 'not-retryable', operatorReason: 'the handler is fixed' });
    const given: readonly Step[] = [...dead, [100, discarded()]];
    expect(spansOf(given).at(-1)).toMatchObject({ outcome: 'discarded', operatorReason: 'a test order' });
  });

  it('goes on from a processed event with its replay alone', () => {
    expect(outlineOf([...retried, [100, replayRequested()]]).slice(4)).toEqual([
      'attempt 0:2 7 s, succeeded',
      'waiting 1:1 lasts',
    ]);
  });

  it('has an interrupted attempt end when it was interrupted, and wait until it may start again', () => {
    const steps: readonly Step[] = [
      [0, received()],
      [2, started()],
      [40, interrupted({}, { interruptedAt: moment(10), dueAt: moment(30) })],
      [41, started()],
    ];
    expect(outlineOf(steps).slice(1)).toEqual([
      'attempt 0:1 8 s, interrupted',
      'backoff 0:1 20 s',
      'waiting 0:1 11 s',
      'attempt 0:1 lasts',
    ]);
  });

  it('never has a negative duration, although the clocks of processes differ', () => {
    expect(
      outlineOf(
        [
          [5, received()],
          [2, started()],
        ],
        0,
      ),
    ).toEqual(['waiting 0:1 0 s', 'attempt 0:1 lasts']);
  });

  it.each([1, 2, 3])('keeps the latest %i spans that have ended, and counts the others', (most) => {
    const replays = Array.from({ length: 10 }, (_, generation): readonly Step[] => [
      [generation * 10, generation === 0 ? received() : replayRequested(generation)],
      [generation * 10 + 1, started({ generation })],
      [generation * 10 + 2, succeeded({ generation })],
    ]).flat();
    const { spans, omitted } = timelineOf(replays, most).view(moment(LATER));
    const all = timelineOf(replays).view(moment(LATER)).spans;
    expect(all).toHaveLength(20);
    expect(spans).toEqual(all.slice(-most));
    expect(omitted).toBe(20 - most);
  });
});
