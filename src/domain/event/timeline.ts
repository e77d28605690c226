import type { DeadLetterReason, InterruptionCause, Transition } from './transitions.ts';

/** A transition with what its envelope says. */
export interface TimedTransition {
  readonly transition: Transition;
  readonly revision: number;
  /** As the clock of the process that appended it had it. */
  readonly recordedAt: string;
  /** W3C trace context; `null` for a transition that carries none. */
  readonly traceparent: string | null;
}

/**
 * What an event was doing from one moment to the next. `waiting`: due, and not yet started, which is the time of dispatch,
 * broker and a free worker. `attempt`: a run of its handler. `backoff`: until a retry is due. `dead`: in the dead letters.
 */
export interface TimelineSpan {
  readonly kind: 'waiting' | 'attempt' | 'backoff' | 'dead';
  readonly generation: number;
  readonly attempt: number;
  readonly startedAt: string;
  /** `null` while it lasts. */
  readonly endedAt: string | null;
  /** Never negative, although clocks of processes differ; `null` while it lasts. */
  readonly durationMs: number | null;
  /** Of the transition that began it. */
  readonly revision: number;
  readonly traceparent: string | null;
  /** Of an attempt and of what was dead. */
  readonly outcome: 'succeeded' | 'failed' | 'interrupted' | 'replayed' | 'discarded' | null;
  readonly handler: string | null;
  readonly worker: string | null;
  /** Of an attempt: what failed or interrupted it. Of what is dead: why. */
  readonly reason: string | null;
  /** Of the replay or discard that ended it. */
  readonly operatorReason: string | null;
}

export interface TimelineView {
  /** The latest, oldest first; the last one may still last. */
  readonly spans: readonly TimelineSpan[];
  /** How many older ones are left out. */
  readonly omitted: number;
}

type Begun = Pick<TimelineSpan, 'kind' | 'generation' | 'attempt'> & Partial<Pick<TimelineSpan, 'worker' | 'reason'>>;
type Ended = Partial<Pick<TimelineSpan, 'outcome' | 'handler' | 'reason' | 'operatorReason'>>;

const FIRST_ATTEMPT = 1;

/**
 * The spans of a history in order, each beginning where the one before ended. Takes transitions one at a time, so that a
 * long history need not be in memory.
 */
export class Timeline {
  readonly #most: number;
  #ended: TimelineSpan[] = [];
  #open: TimelineSpan | null = null;
  /** Of all that have ended, those that are no longer kept among them. */
  #count = 0;

  /** Keeps the latest `most` spans that have ended. */
  constructor(most: number) {
    this.#most = most;
  }

  /** A step of a history that is legal ({@link evolve}). */
  take({ transition, ...at }: TimedTransition): void {
    switch (transition.type) {
      case 'EventReceived':
        return this.#begin(at, { kind: 'waiting', generation: 0, attempt: FIRST_ATTEMPT });
      case 'ProcessingStarted': {
        const { generation, attempt, worker } = transition.data;
        this.#end(at.recordedAt, {});
        return this.#begin(at, { kind: 'attempt', generation, attempt, worker });
      }
      case 'ProcessingSucceeded':
        return this.#end(at.recordedAt, { outcome: 'succeeded', handler: transition.data.handler });
      case 'ProcessingFailed': {
        const { handler, failure } = transition.data;
        return this.#end(at.recordedAt, { outcome: 'failed', handler, reason: `${failure.class}: ${failure.message}` });
      }
      case 'ProcessingInterrupted': {
        const { generation, attempt, cause, dueAt, interruptedAt } = transition.data;
        this.#end(interruptedAt, { outcome: 'interrupted', reason: cause satisfies InterruptionCause });
        return this.#waitUntil(dueAt, { ...at, recordedAt: interruptedAt }, { generation, attempt });
      }
      case 'RetryScheduled':
        return this.#waitUntil(transition.data.dueAt, at, transition.data);
      case 'EventDeadLettered': {
        const { generation, attempt, reason } = transition.data;
        return this.#begin(at, { kind: 'dead', generation, attempt, reason: reason satisfies DeadLetterReason });
      }
      case 'ReplayRequested': {
        const { generation, reason } = transition.data;
        this.#end(at.recordedAt, { outcome: 'replayed', operatorReason: reason });
        return this.#begin(at, { kind: 'waiting', generation, attempt: FIRST_ATTEMPT });
      }
      case 'EventDiscarded':
        return this.#end(at.recordedAt, { outcome: 'discarded', operatorReason: transition.data.reason });
    }
  }

  /** As it is at `now` (RFC 3339 with milliseconds): a retry that is due later is still in its backoff. */
  view(now: string): TimelineView {
    const kept = this.#ended.slice(-this.#most);
    const omitted = this.#count - kept.length;
    if (this.#open === null) return { spans: kept, omitted };
    const last = kept.at(-1);
    // Only a backoff ends at a moment that may be still to come; other moments are ahead of this clock by its error.
    if (last?.kind !== 'backoff' || this.#open.startedAt <= now) return { spans: [...kept, this.#open], omitted };
    return { spans: [...kept.slice(0, -1), { ...last, endedAt: null, durationMs: null }], omitted };
  }

  /** The backoff, whose end is known beforehand, and the wait that follows it. */
  #waitUntil(
    dueAt: string,
    at: Omit<TimedTransition, 'transition'>,
    run: Pick<TimelineSpan, 'generation' | 'attempt'>,
  ): void {
    const { generation, attempt } = run;
    this.#begin(at, { kind: 'backoff', generation, attempt });
    this.#end(dueAt, {});
    this.#begin({ ...at, recordedAt: dueAt }, { kind: 'waiting', generation, attempt });
  }

  #begin({ recordedAt, revision, traceparent }: Omit<TimedTransition, 'transition'>, begun: Begun): void {
    const unknown = { endedAt: null, durationMs: null, outcome: null, handler: null, worker: null };
    const noReason = { reason: null, operatorReason: null };
    this.#open = { ...unknown, ...noReason, ...begun, startedAt: recordedAt, revision, traceparent };
  }

  #end(endedAt: string, how: Ended): void {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    const durationMs = Math.max(0, Date.parse(endedAt) - Date.parse(open.startedAt));
    this.#ended.push({ ...open, ...how, endedAt, durationMs });
    this.#count++;
    // In steps, so that a long history is not moved with each of its spans.
    if (this.#ended.length >= 2 * this.#most) this.#ended = this.#ended.slice(-this.#most);
  }
}
