import type { Alert, Recording } from './alert.ts';
import { MINUTE, type Pace } from './pace.ts';

/** The parts that are servers of their own, as /readyz names them. */
export type ServerPart = 'log' | 'read tables' | 'commands';

/** 1 while at least one process cannot use the part. */
export const partUnavailable: Recording = {
  record: 'eventops:part_unavailable',
  expr: 'min by (part) (eventops_part_ready{part=~"log|read tables|commands"}) == bool 0',
};

const isUnavailable = (part: ServerPart) => `${partUnavailable.record}{part="${part}"} == 1`;

/** One of them is unavailable, or was a short time ago: what follows from it needs a while to pass, too. */
export const recentlyUnavailable = (pace: Pace, parts: readonly ServerPart[], seconds = 5 * MINUTE) =>
  `max(max_over_time(${partUnavailable.record}{part=~"${parts.join('|')}"}[${pace.duration(seconds)}])) == 1`;

/** The cause has an alert of its own: one page for one cause. */
export const unlessRecentlyUnavailable = (pace: Pace, parts: readonly ServerPart[], seconds?: number) =>
  `unless on () (${recentlyUnavailable(pace, parts, seconds)})`;

const isBlocked = 'max(eventops_broker_blocked) == 1';

export const alertsOnServers = (): readonly Alert[] => [
  {
    name: 'LogUnavailable',
    severity: 'critical',
    summary: 'The log cannot be used',
    description:
      'Events are refused with 503 and nothing is processed. Lists answer as of before. Nothing that got a 2xx is lost.',
    expr: isUnavailable('log'),
    forSeconds: MINUTE,
  },
  {
    name: 'ReadDatabaseUnavailable',
    severity: 'critical',
    summary: 'The database of the read tables cannot be used',
    description:
      'Events are taken and processed. Lists answer 503, and retries wait until the database is there again.',
    expr: isUnavailable('read tables'),
    forSeconds: MINUTE,
  },
  {
    name: 'BrokerUnavailable',
    severity: 'critical',
    summary: 'RabbitMQ cannot be used',
    description: 'Events are taken and can be queried; nothing is processed. Commands are asked for again afterwards.',
    expr: `${isUnavailable('commands')} unless on () (${isBlocked})`,
    forSeconds: MINUTE,
  },
  {
    name: 'BrokerBlocked',
    severity: 'critical',
    summary: 'RabbitMQ takes no publications',
    description: 'It is short of memory or disk. Events are taken; new ones are not processed until it is unblocked.',
    expr: isBlocked,
    forSeconds: 2 * MINUTE,
  },
  {
    name: 'NoApi',
    severity: 'critical',
    summary: 'No process with the API is reached',
    description: 'Either none runs, and clients get no answer, or Prometheus does not reach its METRICS_PORT.',
    expr: 'absent(eventops_build_info{roles=~"(.+,)?api(,.+)?"})',
    forSeconds: MINUTE,
  },
];
