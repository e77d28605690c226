import { PercentUnit, RequestsPerSecond, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import { OF_CLIENTS } from '../alerts/requests.ts';
import { type Board, eachSecond, percentile, percentiles, query } from './panel.ts';

const EVENTS_PER_SECOND = eachSecond('events');

export const overview: Board = {
  uid: 'eventops-overview',
  title: 'overview',
  description: 'Whether events get through, and where to look when they do not.',
  byType: false,
  panels: [
    {
      title: 'Alerts that fire',
      description: 'Each names its runbook in docs/runbooks. Prometheus lists them at /alerts.',
      ...{ unit: Short, shows: 'number', width: 4 },
      queries: [query('count(ALERTS{alertname=~"EventOps.+", alertstate="firing"}) or vector(0)', 'alerts')],
    },
    {
      title: 'Parts that are not ready',
      description: 'Parts that at least one process cannot use, as its /readyz says. 0 is healthy.',
      ...{ unit: Short, shows: 'number', width: 4 },
      queries: [query('count(min by (part) (eventops_part_ready) == 0) or vector(0)', 'parts')],
    },
    {
      title: 'Requests served',
      description:
        'The share of requests whose answer was no 5xx, without /healthz and /readyz. The objective is 99.9 %.',
      ...{ unit: PercentUnit, shows: 'number', width: 4 },
      queries: [
        query(
          `1 - (sum(rate(eventops_http_request_duration_seconds_count{${OF_CLIENTS}, status=~"5.."}[$__rate_interval])) or vector(0)) / sum(rate(eventops_http_request_duration_seconds_count{${OF_CLIENTS}}[$__rate_interval]))`,
          'served',
        ),
      ],
    },
    {
      title: 'Work that waits',
      description:
        'Events for which no worker has started the next attempt. It should come back to 0 after each burst.',
      ...{ unit: Short, shows: 'number', width: 4 },
      queries: [query('max(eventops_due_work{status="command"})', 'events')],
    },
    {
      title: 'Dead letters',
      description: 'Events that are not tried again until an operator replays or discards them.',
      ...{ unit: Short, shows: 'number', width: 4 },
      queries: [query('sum(max by (type) (eventops_dead_letters))', 'events')],
    },
    {
      title: 'Lag',
      description:
        'Of the subscriber that is the furthest behind the log: how old the oldest transition is that it has not handled.',
      ...{ unit: Seconds, shows: 'number', width: 4 },
      queries: [query('max(eventops_lag_seconds)', 'lag')],
    },
    {
      title: 'Events by what happened to them',
      description:
        'Received and processed should run together. Retried or dead apart from 0: see processing and failures.',
      ...{ unit: EVENTS_PER_SECOND, shows: 'lines', width: 12 },
      queries: [query('sum by (status) (rate(eventops_events_total[$__rate_interval]))', '{{status}}')],
    },
    {
      title: 'From receipt to outcome',
      description: 'How long events took until they were processed or dead, waiting and retries included.',
      ...{ unit: Seconds, shows: 'lines', width: 12 },
      queries: percentiles('eventops_end_to_end_seconds'),
    },
    {
      title: 'Requests by status',
      description: 'Answers a second. 5xx use up the error budget; 429 are clients beyond their limits.',
      ...{ unit: RequestsPerSecond, shows: 'lines', width: 12 },
      queries: [
        query('sum by (status) (rate(eventops_http_request_duration_seconds_count[$__rate_interval]))', '{{status}}'),
      ],
    },
    {
      title: 'Time to take an event',
      description: 'How long POST /v1/events took to answer. An event is in the log before it is answered.',
      ...{ unit: Seconds, shows: 'lines', width: 12 },
      queries: percentiles('eventops_http_request_duration_seconds', '{route="/v1/events", method="POST"}'),
    },
    {
      title: 'Parts and whether they are ready',
      description: 'For each part 1, or 0 when at least one process cannot use it.',
      ...{ unit: Short, shows: 'lines', width: 12 },
      queries: [query('min by (part) (eventops_part_ready)', '{{part}}')],
    },
    {
      title: 'Time that the log takes',
      description: 'How long appends took, of 95 and 99 %. Everything waits for these: ingest, claims, outcomes.',
      ...{ unit: Seconds, shows: 'lines', width: 12 },
      queries: [
        query(percentile(0.95, 'eventops_append_duration_seconds'), 'p95'),
        query(percentile(0.99, 'eventops_append_duration_seconds'), 'p99'),
      ],
    },
  ],
};
