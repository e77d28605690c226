import type { Alert } from './alert.ts';
import { MINUTE, type Pace } from './pace.ts';
import { recentlyUnavailable, unlessRecentlyUnavailable } from './unavailable-parts.ts';

const lag = 'max by (subscriber) (eventops_lag_seconds)';

/** Without a broker there is nothing that the dispatcher could do. */
const unlessItsServersWere = (pace: Pace) =>
  [
    unlessRecentlyUnavailable(pace, ['log', 'read tables']),
    `unless on (subscriber) label_replace(${recentlyUnavailable(pace, ['commands'])}, "subscriber", "dispatcher", "", "")`,
  ].join('\n');

export function alertsOnSubscribers(pace: Pace): readonly Alert[] {
  const isMoving = `(time() - max by (subscriber) (eventops_subscriber_last_handled_timestamp_seconds) < ${pace.seconds(MINUTE)})`;
  return [
    {
      name: 'NoProgress',
      severity: 'critical',
      summary: '{{ $labels.subscriber }} does not follow the log',
      description:
        'There are transitions that it has not handled for {{ $value | humanizeDuration }}, and it finishes nothing. projection:events: lists are out of date. projection:due-work: retries wait. dispatcher: new events are not processed.',
      expr: `${lag} > ${pace.seconds(MINUTE)}\nunless on (subscriber) ${isMoving}\n${unlessItsServersWere(pace)}`,
      forSeconds: MINUTE,
    },
    {
      name: 'Lag',
      severity: 'warning',
      summary: '{{ $labels.subscriber }} is {{ $value | humanizeDuration }} behind the log',
      description:
        'It works, but more is appended than it handles. projection:events: lists are that old. projection:due-work: retries are that late. dispatcher: new events wait that long.',
      expr: `${lag} > ${pace.seconds(2 * MINUTE)}\nand on (subscriber) ${isMoving}\n${unlessItsServersWere(pace)}`,
      forSeconds: 5 * MINUTE,
    },
    {
      name: 'RowsDiffer',
      severity: 'warning',
      summary: '{{ $value }} rows are not what the histories of their events say',
      description:
        'Of random events whose rows are held against their histories, some differ: lists show them wrongly, and there may be more. Events themselves, histories and processing are not concerned.',
      expr: 'max(eventops_rows_different) > 0',
      forSeconds: 0,
    },
  ];
}
