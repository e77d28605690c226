import { Registry } from 'prom-client';
import type { MonotonicClock } from '../../../application/ports/clock.ts';
import type { Backlog, CommandBus } from '../../../application/ports/command-bus.ts';
import type { EventLog } from '../../../application/ports/event-log.ts';
import type { Leases } from '../../../application/ports/leases.ts';
import type { UseCases } from '../../../application/use-cases.ts';
import { type AuditMetrics, auditMetrics } from './audit.ts';
import { boundedLabels } from './bounded-labels.ts';
import { type BrokerNews, exposeBacklog, measuredBus } from './broker.ts';
import { countedUseCases } from './counted-use-cases.ts';
import { type EventMetrics, eventMetrics } from './events.ts';
import { type RequestMetrics, requestMetrics } from './http.ts';
import { exposeLags, type FollowedLog, lagReading } from './lag.ts';
import { countedLeases } from './leases.ts';
import { measuredLog } from './log.ts';
import { type Build, type ProcessMetrics, processMetrics } from './process.ts';
import { rowAuditMetrics } from './row-audit.ts';
import { type ReadingLimits, sharedReading } from './shared-reading.ts';
import { type SubscriberMetrics, subscriberMetrics } from './subscribers.ts';
import { exposeWorkLeft, type WorkLeft } from './work.ts';

/** Types of events with a label of their own; those with a handler come first. */
const MOST_TYPES = 100;

export interface MetricsOptions extends Build {
  readonly clock: MonotonicClock;
  /** Types that a handler is configured for. */
  readonly types: readonly string[];
  /** Overrides of the defaults. */
  readonly limits?: Partial<ReadingLimits>;
}

/**
 * What a process counts and measures. A metric is there from when its part is measured, so that a process without a
 * worker, say, shows none of a worker's. All names are in docs/metrics.md.
 */
export interface Metrics extends ProcessMetrics, SubscriberMetrics {
  measuredLog(log: EventLog): EventLog;
  measuredBus(bus: CommandBus, broker: BrokerNews | null): CommandBus;
  countedLeases(leases: Leases): Leases;
  countedUseCases(useCases: UseCases): UseCases;
  /** Of the API. */
  requests(): RequestMetrics;
  /** Of the projector, which holds rows against histories: is given what each turn compared, and how many are known to differ. */
  rowAudit(): (compared: number, different: number) => void;
  /** Of the role that anchors the log. */
  audit(): AuditMetrics;
  showBacklog(read: () => Promise<Backlog>): void;
  showWorkLeft(read: () => Promise<WorkLeft>): void;
  showLagIn(followed: FollowedLog): void;
  /** All of it in Prometheus' text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

export function createMetrics({ clock, types: known, limits, ...build }: MetricsOptions): Metrics {
  const registry = new Registry();
  const types = boundedLabels({ most: MOST_TYPES, known });
  const reading = { clock, limits };
  let events: EventMetrics | null = null;
  return {
    ...processMetrics(build, registry),
    ...subscriberMetrics(clock, registry),
    measuredLog: (log) => measuredLog(log, clock, registry),
    measuredBus: (bus, broker) => measuredBus(bus, broker, registry),
    countedLeases: (leases) => countedLeases(leases, registry),
    countedUseCases: (useCases) => {
      events ??= eventMetrics(types, registry);
      return countedUseCases(useCases, events);
    },
    requests: () => requestMetrics(registry),
    rowAudit: () => rowAuditMetrics(registry),
    audit: () => auditMetrics(clock, registry),
    showBacklog: (read) => exposeBacklog(sharedReading(read, reading), registry),
    showWorkLeft: (read) => exposeWorkLeft(sharedReading(read, reading), types, registry),
    showLagIn: (followed) => exposeLags(lagReading(followed, reading), registry),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
