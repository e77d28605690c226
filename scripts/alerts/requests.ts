import type { Alert, Recording } from './alert.ts';
import { HOUR, MINUTE, type Pace } from './pace.ts';
import { unlessRecentlyUnavailable } from './unavailable-parts.ts';

/** Of requests of clients, those that may be answered with 5xx: 99.9 % are served. */
const BUDGET = 0.001;

/** Not of load balancers, to whom 503 is the right answer while a process starts or waits for a server. */
export const OF_CLIENTS = 'route!~"/(healthz|readyz)"';

interface Burn {
  /** How many times as fast as the budget allows. */
  readonly rate: number;
  readonly longSeconds: number;
  /** Over this one, too: so that it ends soon after the errors do. */
  readonly shortSeconds: number;
}

// https://sre.google/workbook/alerting-on-slos/: 2 % of a month's budget within one hour, 5 % within six.
const fast: Burn = { rate: 14.4, longSeconds: HOUR, shortSeconds: 5 * MINUTE };
const slow: Burn = { rate: 6, longSeconds: 6 * HOUR, shortSeconds: 30 * MINUTE };

const requests = (pace: Pace, selector: string, seconds: number) =>
  `sum(increase(eventops_http_request_duration_seconds_count${selector}[${pace.duration(seconds)}]))`;

function burning(pace: Pace, { rate, longSeconds, shortSeconds }: Burn, unlessRecently: Recording): string {
  const limit = Number((rate * BUDGET).toFixed(4));
  const failed = (seconds: number) => requests(pace, `{${OF_CLIENTS}, status=~"5.."}`, seconds);
  const share = (seconds: number) => `${failed(seconds)} / ${requests(pace, `{${OF_CLIENTS}}`, seconds)}`;
  return [
    `${share(longSeconds)} > ${limit}`,
    `and on () ${share(shortSeconds)} > ${limit}`,
    // One of a handful says nothing.
    `and on () ${failed(longSeconds)} >= 10`,
    unlessRecentlyUnavailable(pace, ['log', 'read tables'], shortSeconds),
    `unless on () max_over_time(${unlessRecently.record}[${pace.duration(shortSeconds)}])`,
  ].join('\n');
}

const INGEST = 'method="POST", route=~"/v1/events(/batch)?"';

/** The share of the posts of events that are refused, while it is too large. */
export function ingestRefused(pace: Pace): Recording {
  const posted = requests(pace, `{${INGEST}}`, 5 * MINUTE);
  const refused = requests(pace, `{${INGEST}, status=~"5.."}`, 5 * MINUTE);
  return {
    record: 'eventops:ingest_refused',
    expr: `${refused} / ${posted} > 0.05 and on () ${refused} >= 5`,
  };
}

/** The share of clients' requests that failed, while it is far too large. */
export const fastBurn = (pace: Pace): Recording => ({
  record: 'eventops:error_budget_fast_burn',
  expr: burning(pace, fast, ingestRefused(pace)),
});

export function alertsOnRequests(pace: Pace): readonly Alert[] {
  return [
    {
      name: 'IngestRefused',
      severity: 'critical',
      summary: '{{ $value | humanizePercentage }} of the posts of events are refused',
      description:
        'With 5xx, so through no fault of the clients. The log can be used; what got a 2xx is safe, and clients may post again under the same key.',
      expr: `${ingestRefused(pace).record}\n${unlessRecentlyUnavailable(pace, ['log'])}`,
      forSeconds: 2 * MINUTE,
    },
    {
      name: 'ErrorBudgetFastBurn',
      severity: 'critical',
      summary: '{{ $value | humanizePercentage }} of requests failed within an hour',
      description: 'With 5xx. At this rate, the error budget of 30 days (0.1 %) is used up within two days.',
      expr: fastBurn(pace).record,
      forSeconds: 2 * MINUTE,
    },
    {
      name: 'ErrorBudgetSlowBurn',
      severity: 'warning',
      summary: '{{ $value | humanizePercentage }} of requests failed within six hours',
      description: 'With 5xx. At this rate, the error budget of 30 days (0.1 %) is used up within five days.',
      expr: burning(pace, slow, fastBurn(pace)),
      forSeconds: 15 * MINUTE,
    },
  ];
}
