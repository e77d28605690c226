import { BytesIEC, PercentUnit, RequestsPerSecond, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import { type Board, eachSecond, percentile, query } from './panel.ts';

/** The name that infra/prometheus/prometheus.yml gives to our processes. */
const OURS = '{job="eventops"}';
const PROCESS = '{{role}} {{instance}}';

export const runtime: Board = {
  uid: 'eventops-runtime',
  title: 'runtime',
  description: 'The processes: what runs, and what it takes of the machine.',
  byType: false,
  panels: [
    {
      title: 'Processes by roles and version',
      description: 'What Prometheus reaches. A role that is missing is not running, or not scraped.',
      ...{ unit: Short, shows: 'lines', width: 8 },
      queries: [
        query('count by (roles, version, node) (eventops_build_info)', '{{roles}} {{version}} (Node {{node}})'),
      ],
    },
    {
      title: 'Age of processes',
      description: 'Since the process started. A line that falls again and again is a process that keeps restarting.',
      ...{ unit: Seconds, shows: 'lines', width: 8 },
      queries: [query(`time() - process_start_time_seconds${OURS}`, PROCESS)],
    },
    {
      title: 'Delay of the event loop',
      description: 'p99 by process. Beyond 1 s on average, requests are refused with 503.',
      ...{ unit: Seconds, shows: 'lines', width: 8 },
      queries: [query(`nodejs_eventloop_lag_p99_seconds${OURS}`, PROCESS)],
    },
    {
      title: 'Processor',
      description: 'Cores that a process uses. At 1 its event loop is the limit: run more of this role.',
      ...{ unit: PercentUnit, shows: 'lines', width: 8 },
      queries: [query(`rate(process_cpu_seconds_total${OURS}[$__rate_interval])`, PROCESS)],
    },
    {
      title: 'Memory',
      description: 'Resident memory of each process, without the processes of its handlers.',
      ...{ unit: BytesIEC, shows: 'lines', width: 8 },
      queries: [query(`process_resident_memory_bytes${OURS}`, PROCESS)],
    },
    {
      title: 'Heap',
      description: 'Heap in use. A process has at most 768 MiB.',
      ...{ unit: BytesIEC, shows: 'lines', width: 8 },
      queries: [query(`nodejs_heap_size_used_bytes${OURS}`, PROCESS)],
    },
    {
      title: 'Collection of garbage',
      description: 'The share of time that it takes.',
      ...{ unit: PercentUnit, shows: 'lines', width: 8 },
      queries: [
        query(`sum by (role, instance) (rate(nodejs_gc_duration_seconds_sum${OURS}[$__rate_interval]))`, PROCESS),
      ],
    },
    {
      title: 'Open files',
      description: 'The share of what the system allows. Connections count.',
      ...{ unit: PercentUnit, shows: 'lines', width: 8 },
      queries: [query(`process_open_fds${OURS} / process_max_fds${OURS}`, PROCESS)],
    },
    {
      title: 'Lines that could not be written',
      description: 'Of the log or the output, because nothing reads them or the disk is full.',
      ...{ unit: eachSecond('lines'), shows: 'lines', width: 8 },
      queries: [query('sum(rate(eventops_output_dropped_total[$__rate_interval]))', 'dropped')],
    },
    {
      title: 'Requests by route',
      description: 'A second, by method and route.',
      ...{ unit: RequestsPerSecond, shows: 'lines', width: 8 },
      queries: [
        query(
          'sum by (method, route) (rate(eventops_http_request_duration_seconds_count[$__rate_interval]))',
          '{{method}} {{route}}',
        ),
      ],
    },
    {
      title: 'Time of requests by route',
      description: 'Of 95 % of the requests. A route with waitFor waits because its client asked for it.',
      ...{ unit: Seconds, shows: 'lines', width: 8 },
      queries: [
        query(
          percentile(0.95, 'eventops_http_request_duration_seconds', '', ['method', 'route']),
          '{{method}} {{route}}',
        ),
      ],
    },
    {
      title: 'Requests that were not served',
      description: "A second, by the problem's code: docs/operating.md says what each means.",
      ...{ unit: RequestsPerSecond, shows: 'lines', width: 8 },
      queries: [
        query('sum by (code) (rate(eventops_http_problems_total[$__rate_interval])) or on() vector(0)', '{{code}}'),
      ],
    },
  ],
};
