import { createMetrics, type MetricsOptions } from '../../../src/adapters/telemetry/metrics/metrics.ts';
import { manualClock } from '../api/manual-clock.ts';
import { readExposition } from './exposition.ts';

/** Metrics of a process of all roles, its clock standing still, and what they show. */
export function metricsUnderTest(given: Partial<MetricsOptions> = {}) {
  const clock = manualClock();
  const roles = ['api', 'projector', 'dispatcher', 'worker'];
  const metrics = createMetrics({ clock, version: '1.2.3', roles, types: [], ...given });
  return { clock, metrics, samples: async () => readExposition(await metrics.text()) };
}
