import type { Alert, Recording } from './alert.ts';
import { DAY, MINUTE, type Pace } from './pace.ts';

const steps = (pace: Pace, status: string, seconds: number) =>
  `increase(eventops_events_total{status=~"${status}"}[${pace.duration(seconds)}])`;

/** The share of attempts that fail, of types where most do. */
export function typeFailing(pace: Pace): Recording {
  const byType = (status: string) => `sum by (type) (${steps(pace, status, 5 * MINUTE)})`;
  return {
    record: 'eventops:type_failing',
    expr: `${byType('failed')} / ${byType('processed|failed')} > 0.5 and on (type) ${byType('failed')} >= 5`,
  };
}

export function alertsOnProcessing(pace: Pace): readonly Alert[] {
  const { record } = typeFailing(pace);
  const recentlyFailing = `max_over_time(${record}[${pace.duration(15 * MINUTE)}])`;
  /** A type that fails has an alert of its own. */
  const ofOthers = (status: string) => `sum(${steps(pace, status, 10 * MINUTE)} unless on (type) ${recentlyFailing})`;
  return [
    {
      name: 'TypeFailing',
      severity: 'critical',
      summary: '{{ $value | humanizePercentage }} of the attempts of {{ $labels.type }} fail',
      description:
        'Other types go on. Its handler or what the handler calls does not work; its events are retried, then become dead letters.',
      expr: record,
      forSeconds: MINUTE,
    },
    {
      name: 'RetryRate',
      severity: 'warning',
      summary: '{{ $value | humanizePercentage }} of the attempts fail and are repeated',
      description:
        'Over all types together, without those that fail as a whole. Something that many handlers use is unreliable; events arrive late.',
      expr: `${ofOthers('retried')} / ${ofOthers('processed|failed')} > 0.2\nand on () ${ofOthers('processed|failed')} >= 20`,
      forSeconds: 5 * MINUTE,
    },
    {
      name: 'DeadLettersGrowing',
      severity: 'warning',
      summary: '{{ $value | humanize }} events of {{ $labels.type }} became dead letters within 15 minutes',
      description:
        'They are not tried again until an operator replays or discards them. Most events of the type get through.',
      expr: `sum by (type) (${steps(pace, 'dead', 15 * MINUTE)}) >= 5\nunless on (type) ${recentlyFailing}`,
      forSeconds: MINUTE,
    },
    {
      name: 'OldestDeadLetter',
      severity: 'warning',
      summary: 'A dead letter has waited for {{ $value | humanizeDuration }}',
      description:
        'An event that was accepted has neither been processed nor discarded, and only an operator can change that.',
      expr: `max(eventops_dead_letters_oldest_age_seconds) > ${pace.seconds(DAY)}`,
      forSeconds: 5 * MINUTE,
    },
  ];
}
