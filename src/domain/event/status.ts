import type { TransitionType } from './transitions.ts';

export const eventStatuses = ['RECEIVED', 'PROCESSING', 'PROCESSED', 'FAILED', 'DEAD', 'DISCARDED'] as const;
export type EventStatus = (typeof eventStatuses)[number];

interface Step {
  /** Where it may be recorded; the first transition of all follows none. */
  readonly from: readonly EventStatus[];
  readonly to: EventStatus;
}

/** THE TABLE: which status each transition leads to, and which it may follow. */
const steps: Readonly<Record<TransitionType, Step>> = {
  EventReceived: { from: [], to: 'RECEIVED' },
  ProcessingStarted: { from: ['RECEIVED', 'FAILED'], to: 'PROCESSING' },
  ProcessingSucceeded: { from: ['PROCESSING'], to: 'PROCESSED' },
  ProcessingFailed: { from: ['PROCESSING'], to: 'FAILED' },
  ProcessingInterrupted: { from: ['PROCESSING'], to: 'FAILED' },
  RetryScheduled: { from: ['FAILED'], to: 'FAILED' },
  EventDeadLettered: { from: ['FAILED'], to: 'DEAD' },
  ReplayRequested: { from: ['PROCESSED', 'DEAD'], to: 'RECEIVED' },
  EventDiscarded: { from: ['DEAD'], to: 'DISCARDED' },
};

export const statusAfter = (type: TransitionType): EventStatus => steps[type].to;

export const mayFollow = (type: TransitionType, status: EventStatus): boolean => steps[type].from.includes(status);

/** Whether an event of one status can still come to the other, within its generation: a replay starts the next. */
export const mayBecome = (status: EventStatus, wanted: EventStatus): boolean => reachable[status].has(wanted);

/** Whether nothing more happens to an event by itself. */
export const isEnded = (status: EventStatus): boolean => !mayBecome(status, 'PROCESSING');

const within = Object.entries(steps).filter(([type]) => type !== 'ReplayRequested');

function reachableFrom(status: EventStatus): ReadonlySet<EventStatus> {
  const found = new Set<EventStatus>();
  const from = [status];
  for (const each of from)
    for (const [, { from: before, to }] of within)
      if (before.includes(each) && !found.has(to)) {
        found.add(to);
        from.push(to);
      }
  return found;
}

const reachable = Object.fromEntries(eventStatuses.map((status) => [status, reachableFrom(status)])) as Readonly<
  Record<EventStatus, ReadonlySet<EventStatus>>
>;
