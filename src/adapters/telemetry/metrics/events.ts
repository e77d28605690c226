import { Counter, Histogram, type Registry } from 'prom-client';
import { type BoundedLabels, boundedLabels, isIdentifier } from './bounded-labels.ts';

export const eventSteps = [
  'received',
  'processed',
  'failed',
  'retried',
  'interrupted',
  'dead',
  'replayed',
  'discarded',
] as const;
/** What this process recorded of an event in the log. `failed` is each attempt that failed, whatever follows. */
export type EventStep = (typeof eventSteps)[number];

const MOST_CLASSES = 50;

export interface EventMetrics {
  stepped(type: string, step: EventStep): void;
  attemptFailed(type: string, errorClass: string): void;
  poisoned(): void;
  attemptEnded(type: string, outcome: 'succeeded' | 'failed', seconds: number): void;
  /** @param seconds since the attempt was due; `null` where that is not known. */
  attemptWaited(type: string, seconds: number | null): void;
  /** @param seconds since the event was received; `null` where that is not known. */
  ended(type: string, outcome: 'processed' | 'dead', seconds: number | null): void;
}

export function eventMetrics(types: BoundedLabels, registry: Registry): EventMetrics {
  const registers = [registry];
  const classes = boundedLabels({ most: MOST_CLASSES, isTaken: isIdentifier });
  const steps = new Counter({
    name: 'eventops_events_total',
    help: 'What this process recorded of events in the log, by type and status.',
    labelNames: ['type', 'status'],
    registers,
  });
  // So that the first one shows as an increase.
  for (const type of types.known) for (const status of eventSteps) steps.inc({ type, status }, 0);
  const failures = new Counter({
    name: 'eventops_failures_total',
    help: 'Attempts that failed, by type and class of the error.',
    labelNames: ['type', 'class'],
    registers,
  });
  const poisoned = new Counter({
    name: 'eventops_events_poisoned_total',
    help: 'Events that became dead letters because workers end when they run them.',
    registers,
  });
  const attempts = new Histogram({
    name: 'eventops_attempt_duration_seconds',
    help: 'Time that handlers took, by type and outcome.',
    labelNames: ['type', 'outcome'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers,
  });
  const waits = new Histogram({
    name: 'eventops_attempt_wait_seconds',
    help: 'Time from when an attempt was due until it started: dispatch, broker and a free worker.',
    labelNames: ['type'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600],
    registers,
  });
  const ends = new Histogram({
    name: 'eventops_end_to_end_seconds',
    help: 'Time from when an event was received until its outcome, of events that were not replayed.',
    labelNames: ['type', 'outcome'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400],
    registers,
  });
  return {
    stepped: (type, status) => steps.inc({ type: types.of(type), status }),
    attemptFailed: (type, errorClass) => failures.inc({ type: types.of(type), class: classes.of(errorClass) }),
    poisoned: () => poisoned.inc(),
    attemptEnded: (type, outcome, seconds) => attempts.observe({ type: types.of(type), outcome }, seconds),
    attemptWaited: (type, seconds) => {
      if (seconds !== null) waits.observe({ type: types.of(type) }, seconds);
    },
    ended: (type, outcome, seconds) => {
      if (seconds !== null) ends.observe({ type: types.of(type), outcome }, seconds);
    },
  };
}
