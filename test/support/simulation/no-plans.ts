import type { PlanRows } from '../../../src/application/ports/plan-rows.ts';

/** Of a system in which no operator has made a plan. */
export const noPlans: PlanRows = {
  running: async () => [],
  progress: async () => null,
  firstWaiting: async () => null,
  members: async () => [],
  failed: async () => ({ count: 0, latest: [] }),
};
