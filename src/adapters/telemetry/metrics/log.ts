import { Counter, Histogram, type Registry } from 'prom-client';
import type { MonotonicClock } from '../../../application/ports/clock.ts';
import type { AppendOutcome, EventLog } from '../../../application/ports/event-log.ts';

const labelOf = (outcome: AppendOutcome) => (outcome.kind === 'refused' ? outcome.refusal.code : outcome.kind);

/** The log as it is, with how long its appends take and how they end. */
export function measuredLog(log: EventLog, clock: Pick<MonotonicClock, 'monotonicMs'>, registry: Registry): EventLog {
  const registers = [registry];
  const durations = new Histogram({
    name: 'eventops_append_duration_seconds',
    help: 'Time that the log took for an append, by its outcome.',
    labelNames: ['outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  new Counter({
    name: 'eventops_log_connections_lost_total',
    help: 'Connections to the log that were lost.',
    registers,
    collect() {
      this.reset();
      this.inc(log.session());
    },
  });
  const observe = (outcome: AppendOutcome, beganAt: number) =>
    durations.observe({ outcome: labelOf(outcome) }, (clock.monotonicMs() - beganAt) / 1_000);
  return {
    ...log,
    append: async (request) => {
      const beganAt = clock.monotonicMs();
      const outcome = await log.append(request);
      observe(outcome, beganAt);
      return outcome;
    },
    appendMany: async (requests) => {
      const beganAt = clock.monotonicMs();
      const outcomes = await log.appendMany(requests);
      for (const outcome of outcomes) observe(outcome, beganAt);
      return outcomes;
    },
  };
}
