import { Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import { type Board, eachSecond, percentile, query } from './panel.ts';

const perSecond = (counter: string, by = '') => `sum${by} (rate(${counter}[$__rate_interval]))`;

export const projectionsAndLog: Board = {
  uid: 'eventops-log',
  title: 'projections and log',
  description: 'Whether the log takes appends, whether its subscribers keep up, and what the broker takes.',
  byType: false,
  panels: [
    {
      title: 'Lag',
      description:
        'How old the oldest transition is that a subscriber has not handled; 0 when it has caught up. Lists are as old as projection:events, retries as late as projection:due-work.',
      ...{ unit: Seconds, shows: 'lines', width: 8 },
      queries: [query('max by (subscriber) (eventops_lag_seconds)', '{{subscriber}}')],
    },
    {
      title: 'Since the last progress',
      description: 'Since a subscriber finished a batch. It means something only together with lag.',
      ...{ unit: Seconds, shows: 'lines', width: 8 },
      queries: [
        query('time() - max by (subscriber) (eventops_subscriber_last_handled_timestamp_seconds)', '{{subscriber}}'),
      ],
    },
    {
      title: 'Transitions handled',
      description: 'A second, by subscriber. Those of one log should run together.',
      ...{ unit: eachSecond('transitions'), shows: 'lines', width: 8 },
      queries: [query(perSecond('eventops_transitions_handled_total', ' by (subscriber)'), '{{subscriber}}')],
    },
    {
      title: 'Time of a batch',
      description: 'How long 95 % of the batches of transitions took, by subscriber.',
      ...{ unit: Seconds, shows: 'lines', width: 8 },
      queries: [
        query(percentile(0.95, 'eventops_subscriber_batch_duration_seconds', '', ['subscriber']), '{{subscriber}}'),
      ],
    },
    {
      title: 'Failures of subscribers',
      description: 'Batches or checkpoints that failed; each is tried again.',
      ...{ unit: eachSecond('failures'), shows: 'lines', width: 8 },
      queries: [
        query(
          `${perSecond('eventops_subscriber_failures_total', ' by (subscriber)')} or on() vector(0)`,
          '{{subscriber}}',
        ),
      ],
    },
    {
      title: 'Transitions passed over, and rows that differ',
      description:
        'What the database refused, and what is not in the rows yet: see the table projection_failures. Rows of random events that are not what their histories say: the log names them.',
      ...{ unit: Short, shows: 'lines', width: 8 },
      queries: [
        query('max by (subscriber) (eventops_passed_over_transitions) or on() vector(0)', '{{subscriber}}'),
        query('max(eventops_rows_different) or on() vector(0)', 'rows that differ'),
      ],
    },
    {
      title: 'Appends by outcome',
      description:
        'A second. Conflicts are two processes that acted on one event, which is normal; unavailable, unknown and damaged are not.',
      ...{ unit: eachSecond('appends'), shows: 'lines', width: 8 },
      queries: [query(perSecond('eventops_append_duration_seconds_count', ' by (outcome)'), '{{outcome}}')],
    },
    {
      title: 'Time of an append',
      description: 'Of 50, 95 and 99 % of the appends that succeeded.',
      ...{ unit: Seconds, shows: 'lines', width: 8 },
      queries: [0.5, 0.95, 0.99].map((share) =>
        query(percentile(share, 'eventops_append_duration_seconds', '{outcome="appended"}'), `p${share * 100}`),
      ),
    },
    {
      title: 'Connections to the log that were lost',
      description: 'A second, over all processes.',
      ...{ unit: eachSecond('connections'), shows: 'lines', width: 8 },
      queries: [query(perSecond('eventops_log_connections_lost_total'), 'lost')],
    },
    {
      title: 'Broken histories',
      description:
        'Histories that do not match their hashes. Anything but 0: keep the log as it is, and see docs/operating.md.',
      ...{ unit: Short, shows: 'number', width: 6 },
      queries: [query('max(eventops_broken_histories)', 'histories')],
    },
    {
      title: 'Broker blocked',
      description: '1 while RabbitMQ takes no publications, because it is short of memory or disk.',
      ...{ unit: Short, shows: 'number', width: 6 },
      queries: [query('max(eventops_broker_blocked)', 'blocked')],
    },
    {
      title: 'Commands',
      description:
        'Handed to the bus and confirmed by it should run together. Unconfirmed ones are published again; returned ones found no queue.',
      ...{ unit: eachSecond('commands'), shows: 'lines', width: 12 },
      queries: ['published', 'confirmed', 'unconfirmed', 'returned'].map((what) =>
        query(perSecond(`eventops_commands_${what}_total`), what),
      ),
    },
    {
      title: 'Owners of leases',
      description:
        'Exactly one process for each lease; 0 while it changes hands. Without shared parts there are no leases.',
      ...{ unit: Short, shows: 'lines', width: 12 },
      queries: [query('sum by (lease) (eventops_lease_owner)', '{{lease}}')],
    },
    {
      title: 'Changes of owners',
      description: 'How often processes took leases over. Many without restarts: the database or the processes stall.',
      ...{ unit: eachSecond('changes'), shows: 'lines', width: 12 },
      queries: [query(perSecond('eventops_lease_changes_total', ' by (lease)'), '{{lease}}')],
    },
  ],
};
