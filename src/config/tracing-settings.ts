import { z } from 'zod';
import { choice, fraction, pairs, truth, url, wholeNumber } from './setting-types.ts';

export const otlpProtocols = ['http/protobuf', 'http/json'] as const;

export const traceSamplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/**
 * OpenTelemetry's own variables, by its names and with its defaults:
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/.
 */
export const tracingSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http', 'https'),
  OTEL_EXPORTER_OTLP_HEADERS: pairs(),
  OTEL_EXPORTER_OTLP_PROTOCOL: choice(otlpProtocols).default('http/protobuf'),
  OTEL_EXPORTER_OTLP_COMPRESSION: choice(['none', 'gzip']).default('none'),
  OTEL_EXPORTER_OTLP_TIMEOUT: wholeNumber(1, 600_000, 10_000),
  OTEL_SERVICE_NAME: z.string().optional(),
  OTEL_RESOURCE_ATTRIBUTES: pairs(),
  OTEL_TRACES_SAMPLER: choice(traceSamplers).default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: fraction(1),
  OTEL_TRACES_EXPORTER: choice(['otlp', 'none']).default('otlp'),
  OTEL_BSP_SCHEDULE_DELAY: wholeNumber(1, 600_000, 5_000),
  OTEL_BSP_MAX_QUEUE_SIZE: wholeNumber(1, 1_000_000, 2_048),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: wholeNumber(1, 1_000_000, 512),
  OTEL_SDK_DISABLED: truth(false),
} as const;

/** Where spans go, and which. */
export interface Tracing {
  /** Of traces: ends with the path. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly protocol: (typeof otlpProtocols)[number];
  readonly compression: 'none' | 'gzip';
  readonly timeoutMs: number;
  readonly serviceName: string;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly sampler: (typeof traceSamplers)[number];
  readonly ratio: number;
  readonly scheduleDelayMs: number;
  readonly maxQueueSize: number;
  readonly maxBatchSize: number;
}

const shape = z.object(tracingSettings);

/** `null` when nothing is to be traced. */
export function tracingOf(values: z.output<typeof shape>): Tracing | null {
  const endpoint = values.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined || values.OTEL_SDK_DISABLED || values.OTEL_TRACES_EXPORTER === 'none') return null;
  const { 'service.name': namedThere, ...resourceAttributes } = values.OTEL_RESOURCE_ATTRIBUTES;
  return {
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    headers: values.OTEL_EXPORTER_OTLP_HEADERS,
    protocol: values.OTEL_EXPORTER_OTLP_PROTOCOL,
    compression: values.OTEL_EXPORTER_OTLP_COMPRESSION,
    timeoutMs: values.OTEL_EXPORTER_OTLP_TIMEOUT,
    serviceName: values.OTEL_SERVICE_NAME ?? namedThere ?? 'eventops',
    resourceAttributes,
    sampler: values.OTEL_TRACES_SAMPLER,
    ratio: values.OTEL_TRACES_SAMPLER_ARG,
    scheduleDelayMs: values.OTEL_BSP_SCHEDULE_DELAY,
    maxQueueSize: values.OTEL_BSP_MAX_QUEUE_SIZE,
    maxBatchSize: Math.min(values.OTEL_BSP_MAX_EXPORT_BATCH_SIZE, values.OTEL_BSP_MAX_QUEUE_SIZE),
  };
}

/**
 * Those of OpenTelemetry's variables that are given and have no effect here. They are no mistake by themselves: whoever sets them
 * may set them for all programs of a machine.
 */
export const otelWithoutEffect = (environment: NodeJS.ProcessEnv, known: ReadonlySet<string>): readonly string[] =>
  Object.keys(environment).filter((name) => name.startsWith('OTEL_') && !known.has(name));
