import { Counter, Histogram, type Registry } from 'prom-client';
import { OTHER } from './bounded-labels.ts';

export interface AnsweredRequest {
  /** The route's template, never the URL; `null` where there is none. */
  readonly route: string | null;
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
}

export interface RequestMetrics {
  requestAnswered(request: AnsweredRequest): void;
  /** A request was not served; codes are few. */
  countProblem(code: string): void;
}

const methods = new Set(['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE']);

export function requestMetrics(registry: Registry): RequestMetrics {
  const registers = [registry];
  const durations = new Histogram({
    name: 'eventops_http_request_duration_seconds',
    help: 'Time from when a request came until its answer was sent. Long polls have a route of their own.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const problems = new Counter({
    name: 'eventops_http_problems_total',
    help: 'Requests that were not served, by code.',
    labelNames: ['code'],
    registers,
  });
  return {
    requestAnswered: ({ route, method, status, durationMs }) =>
      durations.observe(
        { route: route ?? 'none', method: methods.has(method) ? method : OTHER, status },
        durationMs / 1_000,
      ),
    countProblem: (code) => problems.inc({ code }),
  };
}
