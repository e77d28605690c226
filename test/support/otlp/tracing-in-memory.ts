import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { openTracing, type TracingSettings } from '../../../src/adapters/tracing/open-tracing.ts';
import { silentLogger } from '../worker/silent-logger.ts';

export const usualTracing: TracingSettings = {
  ...{ url: 'http://127.0.0.1:9/v1/traces', headers: {}, protocol: 'http/protobuf', compression: 'none' },
  ...{ timeoutMs: 1_000, serviceName: 'eventops', resourceAttributes: {} },
  ...{ sampler: 'parentbased_always_on', ratio: 1 },
  ...{ scheduleDelayMs: 60_000, maxQueueSize: 10_000, maxBatchSize: 512 },
};

const shown = (span: ReadableSpan) => {
  const { name, kind, status, attributes, links, parentSpanContext } = span;
  const { traceId, spanId, traceState } = span.spanContext();
  return {
    ...{ name, kind: SpanKind[kind], status: SpanStatusCode[status.code], attributes, traceId, spanId },
    parent: parentSpanContext?.spanId ?? null,
    tracestate: traceState?.serialize() ?? '',
    links: links.map((link) => ({ trace: link.context.traceId, kind: link.attributes?.['eventops.link'] })),
  };
};

/** Tracing that keeps its spans. */
export function tracingInMemory(settings: Partial<TracingSettings> = {}) {
  const exported: ReadableSpan[] = [];
  const tracing = openTracing({
    settings: { ...usualTracing, ...settings },
    systems: { log: 'sqlite', readTables: 'postgresql', commands: 'eventops' },
    ...{ roles: ['worker'], version: '1.0.0', instance: 'this', logger: silentLogger, clock: systemClock },
    exporter: {
      export: (spans, done) => {
        exported.push(...spans);
        done({ code: ExportResultCode.SUCCESS });
      },
      shutdown: async () => {},
    },
  });
  return {
    tracing,
    /** All that have ended, in the order of their ends. */
    spans: async () => {
      await tracing.close();
      return exported.map(shown);
    },
  };
}

export const traceOf = (digit: string, flags = '01') => `00-${digit.repeat(32)}-${digit.repeat(16)}-${flags}`;
