import { ExportResultCode } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Clock } from '../../application/ports/clock.ts';
import type { CommandBus } from '../../application/ports/command-bus.ts';
import type { EventLog } from '../../application/ports/event-log.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { RequestTraces } from '../../application/ports/request-traces.ts';
import type { UseCases } from '../../application/use-cases.ts';
import { within } from '../../application/within.ts';
import { own, SCHEMA_URL, scopeName, standard } from './attributes.ts';
import { createOtlpExporter, type ExporterSettings } from './otlp-exporter.ts';
import { type ExportReport, reportFailures } from './report-failures.ts';
import { type SamplerName, samplerOf } from './sampler.ts';
import { createSpanIds } from './span-ids.ts';
import { tracedBus } from './traced-bus.ts';
import { tracedLog } from './traced-log.ts';
import { tracedProjection } from './traced-projection.ts';
import { tracedRequests } from './traced-requests.ts';
import { tracedRunner } from './traced-runner.ts';
import { leaveScope, tracedUseCases } from './traced-use-cases.ts';

export interface TracingSettings extends ExporterSettings {
  readonly sampler: SamplerName;
  /** Of a sampler that takes one. */
  readonly ratio: number;
  readonly serviceName: string;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  /** How long a span waits at most until it is sent. */
  readonly scheduleDelayMs: number;
  /** Spans that wait; more are lost. */
  readonly maxQueueSize: number;
  readonly maxBatchSize: number;
}

/** What the parts of a process are, in the words of the conventions. */
export interface Systems {
  readonly log: 'sqlite' | 'eventstoredb';
  readonly readTables: 'postgresql';
  readonly commands: 'rabbitmq' | 'eventops';
}

interface Given {
  readonly settings: TracingSettings;
  readonly systems: Systems;
  readonly roles: readonly string[];
  readonly version: string;
  /** Unique for each start of a process. */
  readonly instance: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Instead of the one that sends. */
  readonly exporter?: SpanExporter;
}

/** Decorators of the ports that a process acts through. What is not sampled costs each of them a look. */
export interface Tracing {
  readonly requests: RequestTraces;
  log(log: EventLog): EventLog;
  bus(bus: CommandBus): CommandBus;
  runner<Runner extends Parameters<typeof tracedRunner>[1]>(runner: Runner): Runner;
  useCases(useCases: UseCases): UseCases;
  /** @param name of the read model. */
  projection<Store extends Parameters<typeof tracedProjection>[1]>(name: string, store: Store): Store;
  /** Sends what has ended. Never rejects. */
  flush(): Promise<void>;
  /** The same if it can be done soon, and nothing more afterwards. Never rejects. */
  close(): Promise<void>;
}

/** Longer than a receiver takes that is there. */
const LAST_SPANS_MS = 2_000;

export function openTracing({ settings, systems, roles, version, instance, logger, clock, ...given }: Given): Tracing {
  const exporter = reporting(given.exporter ?? createOtlpExporter(settings), reportFailures({ logger, clock }));
  const ids = createSpanIds();
  const provider = new TracerProvider({
    sampler: samplerOf(settings.sampler, settings.ratio),
    idGenerator: ids,
    resource: resourceFromAttributes({
      ...settings.resourceAttributes,
      [standard.serviceName]: settings.serviceName,
      [standard.serviceVersion]: version,
      [standard.serviceInstance]: instance,
      [own.roles]: [...roles],
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: settings.scheduleDelayMs,
        maxQueueSize: settings.maxQueueSize,
        maxExportBatchSize: settings.maxBatchSize,
        exportTimeoutMillis: settings.timeoutMs + LAST_SPANS_MS,
      }),
    ],
  });
  const tracer = provider.getTracer(scopeName, version, { schemaUrl: SCHEMA_URL });
  return {
    requests: tracedRequests(tracer),
    log: (log) => tracedLog(tracer, log, systems.log),
    bus: (bus) => tracedBus(tracer, bus, systems.commands, leaveScope),
    runner: (runner) => tracedRunner({ tracer, ids }, runner),
    useCases: (useCases) => tracedUseCases(tracer, useCases, systems.commands),
    projection: (name, store) => tracedProjection({ tracer, clock, system: systems.readTables, name }, store),
    flush: () => provider.forceFlush().catch(() => {}),
    async close() {
      await within(clock, LAST_SPANS_MS, provider.forceFlush()).catch(() => {});
      await exporter.shutdown().catch(() => {});
    },
  };
}

/** An exporter that has always exported, so that nothing else speaks of what it could not. */
const reporting = (exporter: SpanExporter, { taken, lost }: ExportReport): SpanExporter => ({
  export: (spans, done) =>
    exporter.export(spans, ({ code, error }) => {
      if (code === ExportResultCode.SUCCESS) taken();
      else lost(spans.length, error?.message ?? 'unknown');
      done({ code: ExportResultCode.SUCCESS });
    }),
  shutdown: () => exporter.shutdown(),
});
