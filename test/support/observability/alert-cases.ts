import { counter, gauge } from './series.ts';

export interface AlertCase {
  /** What happens, in a few words. */
  readonly when: string;
  /** Without EventOps before it. It alone fires, and nothing fires before and at the end. */
  readonly alert: string;
  /** Beside, or instead of, those of a healthy system. */
  readonly series: Readonly<Record<string, string>>;
  /** While what happens lasts, from the tenth minute on. */
  readonly firesAtMinute: number;
  readonly minutes: number;
}

/** All is well for ten minutes, then not for so many, then it is again. */
const BEFORE = 10;

const steps = (type: string, status: string) => `eventops_events_total{type="${type}", status="${status}"}`;
const requests = (method: string, route: string, status: number) =>
  `eventops_http_request_duration_seconds_count{method="${method}", route="${route}", status="${status}"}`;
const part = (name: string) => `eventops_part_ready{part="${name}", role="api"}`;
const dueWork = (status: string) => `eventops_due_work{status="${status}"}`;
const oldestDueWork = (status: string) => `eventops_due_work_oldest_age_seconds{status="${status}"}`;
const lag = (subscriber: string) => `eventops_lag_seconds{subscriber="${subscriber}"}`;
const lastHandled = (subscriber: string) =>
  `eventops_subscriber_last_handled_timestamp_seconds{subscriber="${subscriber}"}`;

/** Of a process that has ended: Prometheus marks its series when it cannot be scraped. */
const missing = (samples: number) => `stale _x${samples - 1}`;

const subscribers = ['projection:events', 'projection:due-work', 'dispatcher'];

/** Of a system that takes an event a second, of two types, and processes each. */
export const healthy = (minutes: number): Readonly<Record<string, string>> => ({
  'eventops_build_info{roles="api"}': gauge([minutes, 1]),
  [part('log')]: gauge([minutes, 1]),
  [part('read tables')]: gauge([minutes, 1]),
  [part('commands')]: gauge([minutes, 1]),
  eventops_broker_blocked: gauge([minutes, 0]),
  ...Object.fromEntries(subscribers.map((name) => [lag(name), gauge([minutes, 0])])),
  // promtool's time begins at 0.
  ...Object.fromEntries(subscribers.map((name) => [lastHandled(name), counter([minutes, 60])])),
  [steps('order.placed', 'processed')]: counter([minutes, 30]),
  [steps('order.placed', 'failed')]: counter([minutes, 0]),
  [steps('order.placed', 'retried')]: counter([minutes, 0]),
  [steps('order.placed', 'dead')]: counter([minutes, 0]),
  [steps('mail.sent', 'processed')]: counter([minutes, 30]),
  [steps('mail.sent', 'failed')]: counter([minutes, 0]),
  [steps('mail.sent', 'retried')]: counter([minutes, 0]),
  eventops_dead_letters_oldest_age_seconds: gauge([minutes, 0]),
  [dueWork('command')]: gauge([minutes, 1]),
  [oldestDueWork('command')]: gauge([minutes, 1]),
  eventops_commands_received_total: counter([minutes, 60]),
  eventops_commands_returned_total: counter([minutes, 0]),
  [requests('POST', '/v1/events', 201)]: counter([minutes, 60]),
  [requests('POST', '/v1/events', 503)]: counter([minutes, 0]),
  [requests('GET', '/v1/events', 200)]: counter([minutes, 60]),
  [requests('GET', '/v1/events', 503)]: counter([minutes, 0]),
});

interface Trouble {
  readonly when: string;
  readonly alert: string;
  readonly lastsMinutes: number;
  /** Of healthy time afterwards; one hour by default. */
  readonly afterMinutes?: number;
  /** Minutes after it began. */
  readonly firesAfter: number;
  readonly gauges?: Readonly<Record<string, readonly [usual: number, then: number]>>;
  readonly counters?: Readonly<Record<string, readonly [usual: number, then: number]>>;
  /** Series of an exact form. */
  readonly series?: Readonly<Record<string, string>>;
}

function caseOf(trouble: Trouble): AlertCase {
  const { when, alert, lastsMinutes, afterMinutes = 60, firesAfter, gauges = {}, counters = {}, series = {} } = trouble;
  const spans = ([usual, then]: readonly [number, number]) =>
    [
      [BEFORE, usual],
      [lastsMinutes, then],
      [afterMinutes, usual],
    ] as const;
  const minutes = BEFORE + lastsMinutes + afterMinutes;
  const written = (of: typeof gauges, form: typeof gauge) =>
    Object.fromEntries(Object.entries(of).map(([name, values]) => [name, form(...spans(values))]));
  return {
    ...{ when, alert, minutes, firesAtMinute: BEFORE + firesAfter },
    series: { ...healthy(minutes), ...written(gauges, gauge), ...written(counters, counter), ...series },
  };
}

/** Nothing is taken, and nothing goes on. */
const standstill = {
  [steps('order.placed', 'processed')]: [30, 0],
  [steps('mail.sent', 'processed')]: [30, 0],
  eventops_commands_received_total: [60, 0],
} as const;

const troubles: readonly Trouble[] = [
  {
    when: 'the log is unavailable, and posts are refused because of it',
    ...{ alert: 'LogUnavailable', lastsMinutes: 15, firesAfter: 14 },
    gauges: { [part('log')]: [1, 0], [oldestDueWork('command')]: [1, 600] },
    counters: {
      ...standstill,
      [requests('POST', '/v1/events', 201)]: [60, 0],
      [requests('POST', '/v1/events', 503)]: [0, 60],
    },
  },
  {
    when: 'the read database is unavailable, lists are refused and subscribers fall behind',
    ...{ alert: 'ReadDatabaseUnavailable', lastsMinutes: 15, firesAfter: 14 },
    gauges: {
      [part('read tables')]: [1, 0],
      ...Object.fromEntries(subscribers.map((name) => [lag(name), [0, 500] as const])),
    },
    counters: { [requests('GET', '/v1/events', 200)]: [60, 0], [requests('GET', '/v1/events', 503)]: [0, 60] },
  },
  {
    when: 'the broker is unavailable, the dispatcher stops and work waits',
    ...{ alert: 'BrokerUnavailable', lastsMinutes: 15, firesAfter: 14 },
    gauges: {
      [part('commands')]: [1, 0],
      [lag('dispatcher')]: [0, 500],
      [dueWork('command')]: [1, 900],
      [oldestDueWork('command')]: [1, 600],
    },
    counters: { ...standstill, [lastHandled('dispatcher')]: [60, 0], eventops_commands_returned_total: [0, 1] },
  },
  {
    when: 'the broker takes no publications, so that it is not ready either',
    ...{ alert: 'BrokerBlocked', lastsMinutes: 15, firesAfter: 14 },
    gauges: { [part('commands')]: [1, 0], eventops_broker_blocked: [0, 1], [oldestDueWork('command')]: [1, 600] },
    counters: standstill,
  },
  {
    when: 'the only process with the API has ended',
    ...{ alert: 'NoApi', lastsMinutes: 5, firesAfter: 3 },
    series: { 'eventops_build_info{roles="api"}': `${gauge([BEFORE, 1])} ${missing(5)} ${gauge([60, 1])}` },
  },
  {
    when: 'a projection stops',
    ...{ alert: 'NoProgress', lastsMinutes: 10, firesAfter: 8 },
    gauges: { [lag('projection:events')]: [0, 400] },
    series: { [lastHandled('projection:events')]: counter([BEFORE, 60], [10, 0], [1, 600], [59, 60]) },
  },
  {
    when: 'the projector has ended, so that only others know how far behind it is, and due work looks as before',
    ...{ alert: 'NoProgress', lastsMinutes: 10, firesAfter: 8 },
    gauges: {
      [lag('projection:events')]: [0, 400],
      [lag('projection:due-work')]: [0, 400],
      [oldestDueWork('command')]: [1, 400],
    },
    series: {
      [lastHandled('projection:events')]: `${counter([BEFORE, 60])} ${missing(10)} 1200+60x59`,
      [lastHandled('projection:due-work')]: `${counter([BEFORE, 60])} ${missing(10)} 1200+60x59`,
    },
  },
  {
    when: 'a projection works and does not keep up',
    ...{ alert: 'Lag', lastsMinutes: 15, firesAfter: 12 },
    gauges: { [lag('projection:events')]: [0, 400] },
  },
  {
    when: 'what the handlers of one type call is unavailable, and its events become dead letters',
    ...{ alert: 'TypeFailing', lastsMinutes: 15, firesAfter: 14 },
    counters: {
      [steps('order.placed', 'processed')]: [30, 0],
      [steps('order.placed', 'failed')]: [0, 40],
      [steps('order.placed', 'retried')]: [0, 30],
      [steps('order.placed', 'dead')]: [0, 10],
    },
  },
  {
    when: 'a third of the attempts of all types fails and is repeated',
    ...{ alert: 'RetryRate', lastsMinutes: 30, firesAfter: 25 },
    counters: {
      [steps('order.placed', 'failed')]: [0, 15],
      [steps('order.placed', 'retried')]: [0, 15],
      [steps('mail.sent', 'failed')]: [0, 15],
      [steps('mail.sent', 'retried')]: [0, 15],
    },
  },
  {
    when: 'a few events of a type become dead letters again and again, while most get through',
    ...{ alert: 'DeadLettersGrowing', lastsMinutes: 20, firesAfter: 18 },
    counters: { [steps('order.placed', 'failed')]: [0, 1], [steps('order.placed', 'dead')]: [0, 1] },
  },
  {
    when: 'a dead letter waits for more than a day',
    ...{ alert: 'OldestDeadLetter', lastsMinutes: 30, firesAfter: 10 },
    gauges: { eventops_dead_letters_oldest_age_seconds: [0, 90_000] },
  },
  {
    when: 'a row was found that is not what its history says',
    ...{ alert: 'RowsDiffer', lastsMinutes: 10, firesAfter: 5 },
    gauges: { eventops_rows_different: [0, 1] },
  },
  {
    when: 'no worker runs',
    ...{ alert: 'WorkNotTaken', lastsMinutes: 15, firesAfter: 12 },
    gauges: { [dueWork('command')]: [1, 900], [oldestDueWork('command')]: [1, 600] },
    counters: standstill,
  },
  {
    when: 'more events come than the workers process',
    ...{ alert: 'QueueGrowing', lastsMinutes: 30, firesAfter: 28 },
    gauges: { [oldestDueWork('command')]: [1, 300] },
    series: { [dueWork('command')]: '1+0x9 1+120x29 1+0x59' },
  },
  {
    when: 'the queue of commands is missing',
    ...{ alert: 'UnroutableCommands', lastsMinutes: 5, firesAfter: 3 },
    counters: { eventops_commands_returned_total: [0, 60] },
  },
  {
    when: 'posts are refused although the log can be used',
    ...{ alert: 'IngestRefused', lastsMinutes: 6, firesAfter: 4, afterMinutes: 120 },
    counters: { [requests('POST', '/v1/events', 503)]: [0, 30] },
  },
  {
    when: 'lists fail with 500, one of fifty requests',
    ...{ alert: 'ErrorBudgetFastBurn', lastsMinutes: 90, firesAfter: 80, afterMinutes: 60 },
    counters: { [requests('GET', '/v1/events', 500)]: [0, 2.5] },
  },
  {
    when: 'lists fail with 500, one of a hundred requests',
    ...{ alert: 'ErrorBudgetSlowBurn', lastsMinutes: 90, firesAfter: 80, afterMinutes: 60 },
    counters: { [requests('GET', '/v1/events', 500)]: [0, 1.2] },
  },
];

export const alertCases: readonly AlertCase[] = troubles.map(caseOf);
