import type { Alert, Recording } from './alert.ts';
import { MINUTE, type Pace } from './pace.ts';
import { unlessRecentlyUnavailable } from './unavailable-parts.ts';

/** Events whose next attempt no worker has started. */
export const workWaiting: Recording = {
  record: 'eventops:work_waiting',
  expr: 'max(eventops_due_work{status="command"})',
};

export function alertsOnWaitingWork(pace: Pace): readonly Alert[] {
  const received = `(sum(increase(eventops_commands_received_total[${pace.duration(2 * MINUTE)}])) or on () vector(0))`;
  /** What waits is known from rows, and reaches workers by the dispatcher. */
  const unlessOthersAreLate = [
    unlessRecentlyUnavailable(pace, ['log', 'read tables', 'commands']),
    `unless on () (max(eventops_lag_seconds{subscriber=~"projection:due-work|dispatcher"}) > ${pace.seconds(MINUTE / 2)})`,
  ].join('\n');
  return [
    {
      name: 'WorkNotTaken',
      severity: 'critical',
      summary: 'Events have waited for {{ $value | humanizeDuration }}, and no worker takes them',
      description: 'No worker runs, or none takes commands from the queue. Events are taken and wait.',
      expr: `max(eventops_due_work_oldest_age_seconds{status="command"}) > ${pace.seconds(MINUTE)}\nand on () ${received} == 0\n${unlessOthersAreLate}`,
      forSeconds: MINUTE,
    },
    {
      name: 'QueueGrowing',
      severity: 'warning',
      summary: '{{ $value | humanize }} events wait for a worker, and more all the time',
      description:
        'For 10 minutes more events came than workers processed. Events arrive late, and later with every minute.',
      expr: `(${workWaiting.record} > 100 and deriv(${workWaiting.record}[${pace.duration(5 * MINUTE)}]) > 0)\nand on () ${received} > 0\n${unlessOthersAreLate}`,
      forSeconds: 10 * MINUTE,
    },
    {
      name: 'UnroutableCommands',
      severity: 'critical',
      summary: 'RabbitMQ returned {{ $value | humanize }} commands that no queue takes',
      description:
        'The queue of commands or its binding is missing. Events are taken; they are published again until a queue takes them.',
      expr: `sum(increase(eventops_commands_returned_total[${pace.duration(5 * MINUTE)}])) > 0\n${unlessRecentlyUnavailable(pace, ['commands'])}`,
      forSeconds: 0,
    },
  ];
}
