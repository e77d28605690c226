import { PercentUnit, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import { type Board, eachSecond, percentile, percentiles, query } from './panel.ts';

const EVENTS_PER_SECOND = eachSecond('events');
const OF_TYPE = '{type=~"$type"}';

const steps = (status: string, by = '') =>
  `sum${by} (rate(eventops_events_total{status=~"${status}", type=~"$type"}[$__rate_interval]))`;

export const processingAndFailures: Board = {
  uid: 'eventops-processing',
  title: 'processing and failures',
  description: 'How attempts end, why they fail, what waits and what is dead. Series of a type lead to its traces.',
  byType: true,
  panels: [
    {
      title: 'Retry rate',
      description: 'The share of attempts that failed and will be repeated. One type alone: see the next panel.',
      ...{ unit: PercentUnit, shows: 'lines', width: 8 },
      queries: [query(`${steps('retried')} / ${steps('processed|failed')}`, 'retried')],
    },
    {
      title: 'Failed attempts by type',
      description:
        'The share of attempts that failed. At 1 nothing of this type gets through: its downstream is probably unavailable.',
      ...{ unit: PercentUnit, shows: 'lines', width: 8, leadsToTraces: true },
      queries: [query(`${steps('failed', ' by (type)')} / ${steps('processed|failed', ' by (type)')}`, '{{type}}')],
    },
    {
      title: 'Failure reasons',
      description: 'Failed attempts by the class of the error, in the time that is shown. A history has the message.',
      ...{ unit: Short, shows: 'bars', width: 8 },
      queries: [query(`sum by (class) (increase(eventops_failures_total${OF_TYPE}[$__range]))`, '{{class}}')],
    },
    {
      title: 'Failure reasons by type',
      description: 'Failed attempts a second, by type and class of the error.',
      ...{ unit: eachSecond('attempts'), shows: 'lines', width: 12, leadsToTraces: true },
      queries: [
        query(
          `sum by (type, class) (rate(eventops_failures_total${OF_TYPE}[$__rate_interval]))`,
          '{{type}}: {{class}}',
        ),
      ],
    },
    {
      title: 'Events by type',
      description: 'Events a second that were received, by type.',
      ...{ unit: EVENTS_PER_SECOND, shows: 'lines', width: 12, leadsToTraces: true },
      queries: [query(steps('received', ' by (type)'), '{{type}}')],
    },
    {
      title: 'Attempts',
      description: 'Time that handlers took, of all attempts.',
      ...{ unit: Seconds, shows: 'lines', width: 8 },
      queries: percentiles('eventops_attempt_duration_seconds', OF_TYPE),
    },
    {
      title: 'Attempts by type',
      description:
        'Time that handlers took, of 95 % of the attempts. Near the timeout of the handler, attempts begin to fail.',
      ...{ unit: Seconds, shows: 'lines', width: 8, leadsToTraces: true },
      queries: [query(percentile(0.95, 'eventops_attempt_duration_seconds', OF_TYPE, ['type']), '{{type}}')],
    },
    {
      title: 'Waiting before an attempt',
      description: 'From when an attempt was due until it started. It grows when there are too few workers.',
      ...{ unit: Seconds, shows: 'lines', width: 8 },
      queries: percentiles('eventops_attempt_wait_seconds', OF_TYPE),
    },
    {
      title: 'From receipt to outcome',
      description: 'Of 95 % of the events, by outcome; replays are not counted.',
      ...{ unit: Seconds, shows: 'lines', width: 8 },
      queries: [query(percentile(0.95, 'eventops_end_to_end_seconds', OF_TYPE, ['outcome']), '{{outcome}}')],
    },
    {
      title: 'Dead letters',
      description: 'Events that are not tried again until an operator replays or discards them, by type.',
      ...{ unit: Short, shows: 'lines', width: 8, leadsToTraces: true },
      queries: [query(`max by (type) (eventops_dead_letters${OF_TYPE})`, '{{type}}')],
    },
    {
      title: 'Age of the oldest dead letter',
      description: 'How long the oldest one has waited for an operator; 0 when there is none.',
      ...{ unit: Seconds, shows: 'lines', width: 8 },
      queries: [query('max(eventops_dead_letters_oldest_age_seconds)', 'oldest')],
    },
    {
      title: 'Work that is due or will be',
      description:
        'Events that wait for a worker (command), for a later attempt (retry) or for the end of an attempt (lease). Unreadable ones wait for another version.',
      ...{ unit: Short, shows: 'lines', width: 8 },
      queries: [query('max by (status) (eventops_due_work)', '{{status}}')],
    },
    {
      title: 'Age of the oldest due work',
      description: 'How long the oldest event has been due. Commands beyond a minute: no worker takes them.',
      ...{ unit: Seconds, shows: 'lines', width: 8 },
      queries: [query('max by (status) (eventops_due_work_oldest_age_seconds)', '{{status}}')],
    },
    {
      title: 'Queue and workers',
      description:
        'Messages that wait in the queue, commands that workers have and have not acknowledged, and workers that take from the queue.',
      ...{ unit: Short, shows: 'lines', width: 8 },
      queries: [
        query('max(eventops_commands_waiting)', 'waiting'),
        query('sum(eventops_commands_in_hand)', 'unacknowledged'),
        query('max(eventops_command_consumers)', 'workers'),
      ],
    },
    {
      title: 'Interrupted, poisoned, replayed, discarded',
      description:
        'What happens seldom. Interruptions come with ended processes of handlers; poison ends whole workers.',
      ...{ unit: EVENTS_PER_SECOND, shows: 'lines', width: 12 },
      queries: [
        query(steps('interrupted|replayed|discarded', ' by (status)'), '{{status}}'),
        query('sum(rate(eventops_events_poisoned_total[$__rate_interval]))', 'poisoned'),
      ],
    },
    {
      title: 'Processes of handlers that ended',
      description: 'Ends that were not asked for, by how. Each interrupts the attempts that ran in it.',
      ...{ unit: eachSecond('ends'), shows: 'lines', width: 12 },
      queries: [
        query(
          'sum by (how) (rate(eventops_handler_process_ends_total[$__rate_interval])) or on() vector(0)',
          '{{how}}',
        ),
      ],
    },
  ],
};
