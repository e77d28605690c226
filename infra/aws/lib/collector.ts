import type { Role } from '../../../src/cli/program.ts';
import { roles } from './environment.ts';

export const METRICS_PORT = 9464;
export const COLLECTOR_IMAGE = 'public.ecr.aws/aws-observability/aws-otel-collector:v0.48.0';

interface Given {
  readonly region: string;
  /** Of the workspace for Prometheus, with a slash at its end. */
  readonly prometheusEndpoint: string;
  readonly namespace: string;
  readonly logGroup: string;
  /** Where the processes of a role are found, as Prometheus has it. */
  readonly targetsOf: (role: Role) => object;
}

/**
 * Of the AWS distribution of OpenTelemetry's collector: metrics go to the workspace whose rules raise the alarms, the one by
 * which workers are scaled to CloudWatch, and traces to X-Ray.
 */
export const collectorConfig = ({ region, prometheusEndpoint, namespace, logGroup, targetsOf }: Given) => ({
  extensions: { health_check: { endpoint: '0.0.0.0:13133' }, sigv4auth: { region, service: 'aps' } },
  receivers: {
    otlp: { protocols: { http: { endpoint: '0.0.0.0:4318' } } },
    prometheus: {
      config: {
        global: { scrape_interval: '15s' },
        scrape_configs: roles.map((role) => ({
          job_name: `eventops-${role}`,
          ...targetsOf(role),
          relabel_configs: [
            { target_label: 'job', replacement: 'eventops' },
            { target_label: 'role', replacement: role },
          ],
        })),
      },
    },
  },
  processors: {
    memory_limiter: { check_interval: '1s', limit_mib: 384, spike_limit_mib: 96 },
    batch: { timeout: '5s' },
    'filter/backlog': { metrics: { include: { match_type: 'strict', metric_names: ['eventops_due_work'] } } },
  },
  exporters: {
    prometheusremotewrite: {
      endpoint: `${prometheusEndpoint}api/v1/remote_write`,
      auth: { authenticator: 'sigv4auth' },
    },
    awsemf: {
      ...{ region, namespace, log_group_name: logGroup, log_stream_name: 'backlog' },
      dimension_rollup_option: 'NoDimensionRollup',
      metric_declarations: [{ dimensions: [['status']], metric_name_selectors: ['^eventops_due_work$'] }],
    },
    awsxray: { region },
  },
  service: {
    extensions: ['health_check', 'sigv4auth'],
    pipelines: {
      metrics: {
        receivers: ['prometheus'],
        processors: ['memory_limiter', 'batch'],
        exporters: ['prometheusremotewrite'],
      },
      'metrics/backlog': {
        receivers: ['prometheus'],
        processors: ['memory_limiter', 'filter/backlog', 'batch'],
        exporters: ['awsemf'],
      },
      traces: { receivers: ['otlp'], processors: ['memory_limiter', 'batch'], exporters: ['awsxray'] },
    },
  },
});
