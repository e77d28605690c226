import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Subscriber } from '../../application/run-subscription.ts';

export interface Metrics {
  /** The same subscriber, counted: what it handled by type, how large its batches are and how long they take. */
  counted(subscriber: Subscriber): Subscriber;
  /** How many transitions a projection has passed over that are still not in its rows. */
  passedOver(subscriber: string, transitions: number): void;
  /** A process or thread of handlers ended, and was not to: `crashed`, `out-of-memory` or `unresponsive`. */
  handlersEnded(how: string): void;
  /** An event became a dead letter because workers end when they run it. */
  poisoned(): void;
  /** A gauge that is read when metrics are collected. */
  gauge(name: string, help: string, read: () => number): void;
  /** A counter that is read when metrics are collected. */
  count(name: string, help: string, read: () => number): void;
  /** A counter with one label, whose values are few. */
  counter(name: string, help: string, label: string): (value: string) => void;
  /** All of it in Prometheus' text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const handled = new Counter({
    name: 'eventops_transitions_handled_total',
    help: 'Transitions whose effect is stored, by subscriber and type.',
    labelNames: ['subscriber', 'type'],
    registers,
  });
  const batchSeconds = new Histogram({
    name: 'eventops_subscriber_batch_seconds',
    help: 'Time to handle one batch of transitions.',
    labelNames: ['subscriber'],
    buckets: [0.001, 0.005, 0.02, 0.05, 0.2, 1, 5],
    registers,
  });
  const progress = new Gauge({
    name: 'eventops_subscriber_last_handled_timestamp_seconds',
    help: 'When the subscriber last finished a batch.',
    labelNames: ['subscriber'],
    registers,
  });
  const passedOver = new Gauge({
    name: 'eventops_passed_over_transitions',
    help: 'Transitions that a projection passed over and that are not in its rows yet.',
    labelNames: ['subscriber'],
    registers,
  });

  const handlerEnds = new Counter({
    name: 'eventops_handler_process_ends_total',
    help: 'Processes or threads of handlers that ended and were not to, by how.',
    labelNames: ['how'],
    registers,
  });
  const poisoned = new Counter({
    name: 'eventops_events_poisoned_total',
    help: 'Events that became dead letters because workers end when they run them.',
    registers,
  });

  return {
    passedOver: (subscriber, transitions) => passedOver.set({ subscriber }, transitions),
    handlersEnded: (how) => handlerEnds.inc({ how }),
    poisoned: () => poisoned.inc(),
    counted: (subscriber) => ({
      ...subscriber,
      handle: async (transitions, checkpoint) => {
        const done = batchSeconds.startTimer({ subscriber: subscriber.name });
        await subscriber.handle(transitions, checkpoint);
        done();
        progress.setToCurrentTime({ subscriber: subscriber.name });
        const counts = new Map<string, number>();
        for (const { type } of transitions) counts.set(type, (counts.get(type) ?? 0) + 1);
        for (const [type, count] of counts) handled.inc({ subscriber: subscriber.name, type }, count);
      },
    }),
    gauge: (name, help, read) => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    },
    count: (name, help, read) => {
      new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    },
    counter: (name, help, label) => {
      const counter = new Counter({ name, help, labelNames: [label], registers });
      return (value) => counter.inc({ [label]: value });
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
