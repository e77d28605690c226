import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { aggregates } from '../../../application/aggregates.ts';
import type { MonotonicClock } from '../../../application/ports/clock.ts';
import type { Subscriber } from '../../../application/run-subscription.ts';
import { OTHER } from './bounded-labels.ts';

export interface SubscriberMetrics {
  /** The same subscriber, counted: what it handled by type, how large its batches are and how long they take. */
  counted(subscriber: Subscriber): Subscriber;
  /** How many transitions a projection has passed over that are still not in its rows. */
  passedOver(subscriber: string, transitions: number): void;
}

const transitionTypes = new Set(aggregates.flatMap(({ schemas }) => Object.keys(schemas)));

export function subscriberMetrics(clock: MonotonicClock, registry: Registry): SubscriberMetrics {
  const registers = [registry];
  const labelNames = ['subscriber'];
  const handled = new Counter({
    name: 'eventops_transitions_handled_total',
    help: 'Transitions whose effect is stored, by subscriber and by the name of the transition.',
    labelNames: ['subscriber', 'transition'],
    registers,
  });
  const durations = new Histogram({
    name: 'eventops_subscriber_batch_duration_seconds',
    help: 'Time to handle one batch of transitions.',
    labelNames,
    buckets: [0.001, 0.005, 0.02, 0.05, 0.2, 1, 5],
    registers,
  });
  const progress = new Gauge({
    name: 'eventops_subscriber_last_handled_timestamp_seconds',
    help: 'When the subscriber last finished a batch.',
    labelNames,
    registers,
  });
  const failures = new Counter({
    name: 'eventops_subscriber_failures_total',
    help: 'Batches and checkpoints that failed; each is tried again.',
    labelNames,
    registers,
  });
  const passedOver = new Gauge({
    name: 'eventops_passed_over_transitions',
    help: 'Transitions that a projection passed over and that are not in its rows yet.',
    labelNames,
    registers,
  });
  return {
    passedOver: (subscriber, transitions) => passedOver.set({ subscriber }, transitions),
    counted: (counted) => {
      const subscriber = counted.name;
      failures.inc({ subscriber }, 0);
      const failed = (error: unknown): never => {
        failures.inc({ subscriber });
        throw error;
      };
      return {
        ...counted,
        load: () => counted.load().catch(failed),
        handle: async (transitions, checkpoint) => {
          const beganAt = clock.monotonicMs();
          await counted.handle(transitions, checkpoint).catch(failed);
          durations.observe({ subscriber }, (clock.monotonicMs() - beganAt) / 1_000);
          progress.set({ subscriber }, clock.now() / 1_000);
          const counts = new Map<string, number>();
          for (const { type } of transitions) counts.set(type, (counts.get(type) ?? 0) + 1);
          for (const [type, count] of counts)
            handled.inc({ subscriber, transition: transitionTypes.has(type) ? type : OTHER }, count);
        },
      };
    },
  };
}
