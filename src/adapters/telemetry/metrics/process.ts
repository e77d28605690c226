import { Counter, collectDefaultMetrics, Gauge, type Registry } from 'prom-client';

/** Gauges that prom-client names as counters are named; each is the sum of the one beside it. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

export interface Build {
  readonly version: string;
  readonly roles: readonly string[];
}

export interface AskedPart {
  readonly part: string;
  /** Why it is not ready; `null` when it is. */
  check(): Promise<string | null>;
}

export interface ProcessMetrics {
  /** A process or thread of handlers ended, and was not to: `crashed`, `out-of-memory` or `unresponsive`. */
  handlersEnded(how: string): void;
  /** Further parts whose readiness is shown. */
  showReadinessOf(parts: readonly AskedPart[]): void;
  /** Read when metrics are collected. */
  showBrokenHistories(count: () => number): void;
  /** Read when metrics are collected. */
  showDroppedOutput(count: () => number): void;
}

export function processMetrics({ version, roles }: Build, registry: Registry): ProcessMetrics {
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  new Gauge({
    name: 'eventops_build_info',
    help: 'The version of EventOps and of Node.js, and the roles of this process.',
    labelNames: ['version', 'node', 'roles'],
    registers,
  }).set({ version, node: process.version, roles: roles.join(',') }, 1);
  const handlerEnds = new Counter({
    name: 'eventops_handler_process_ends_total',
    help: 'Processes or threads of handlers that ended and were not to, by how.',
    labelNames: ['how'],
    registers,
  });
  const parts: AskedPart[] = [];
  new Gauge({
    name: 'eventops_part_ready',
    help: 'Whether a part of this process is ready: 1 or 0.',
    labelNames: ['part'],
    registers,
    async collect() {
      const ask = async ({ part, check }: AskedPart) => [part, await check().catch(() => 'failed')] as const;
      const asked = await Promise.all(parts.map(ask));
      this.reset();
      for (const [part, unhealthyReason] of asked) this.set({ part }, unhealthyReason === null ? 1 : 0);
    },
  });
  return {
    handlersEnded: (how) => handlerEnds.inc({ how }),
    showReadinessOf: (further) => void parts.push(...further),
    showBrokenHistories: (count) =>
      void new Gauge({
        name: 'eventops_broken_histories',
        help: 'Histories that this process has read and that do not match their hashes.',
        registers,
        collect() {
          this.set(count());
        },
      }),
    showDroppedOutput: (count) =>
      void new Counter({
        name: 'eventops_output_dropped_total',
        help: 'Lines that could not be written to log or output.',
        registers,
        collect() {
          this.reset();
          this.inc(count());
        },
      }),
  };
}
