import { z } from 'zod';

// What the collector documents of the components that infra/otel-collector/config.yml has (each has a config.schema.yaml in
// its repository, as of August 2026). The collector does not start on a name that it does not know.

const duration = z.string().regex(/^\d+(ms|s|m|h)$/);
const address = z.string().regex(/^[\w.-]+:\d+$/);
const mebibytes = z.int().positive();

const probabilistic = z.strictObject({ sampling_percentage: z.number().min(0).max(100) });
const stringAttribute = z.strictObject({
  key: z.string(),
  values: z.array(z.string()).min(1),
  enabled_regex_matching: z.boolean().optional(),
});
const statusCode = z.strictObject({ status_codes: z.array(z.enum(['OK', 'ERROR', 'UNSET'])).min(1) });
const named = <Type extends string, Options extends z.ZodType>(type: Type, options: Options) =>
  z.strictObject({ name: z.string(), type: z.literal(type), [type]: options });

const policy = z.union([
  named('string_attribute', stringAttribute),
  named('latency', z.strictObject({ threshold_ms: z.int().positive() })),
  named('probabilistic', probabilistic),
  named(
    'and',
    z.strictObject({
      and_sub_policy: z
        .array(
          z.union([
            named('string_attribute', stringAttribute),
            named('status_code', statusCode),
            named('probabilistic', probabilistic),
          ]),
        )
        .min(2),
    }),
  ),
]);

export const collectorConfig = z.strictObject({
  receivers: z.strictObject({
    otlp: z.strictObject({
      protocols: z.strictObject({
        grpc: z.strictObject({ endpoint: address }),
        http: z.strictObject({ endpoint: address }),
      }),
    }),
  }),
  processors: z.strictObject({
    memory_limiter: z.strictObject({ check_interval: duration, limit_mib: mebibytes, spike_limit_mib: mebibytes }),
    tail_sampling: z.strictObject({
      decision_wait: duration,
      num_traces: z.int().positive(),
      policies: z.array(policy).min(1),
    }),
    batch: z.strictObject({ timeout: duration, send_batch_size: z.int().positive() }),
  }),
  // `otlp` is its deprecated name.
  exporters: z.record(
    z.string().regex(/^otlp_grpc\/[a-z]+$/),
    z.strictObject({
      endpoint: address,
      tls: z.strictObject({ insecure: z.boolean() }),
      retry_on_failure: z.strictObject({ max_elapsed_time: duration }),
      sending_queue: z.strictObject({ queue_size: z.int().positive() }),
    }),
  ),
  extensions: z.strictObject({ health_check: z.strictObject({ endpoint: address }) }),
  service: z.strictObject({
    extensions: z.array(z.string()),
    pipelines: z.strictObject({
      traces: z.strictObject({
        receivers: z.array(z.string()),
        processors: z.array(z.string()),
        exporters: z.array(z.string()),
      }),
    }),
  }),
});
