import type { components } from '../../api/schema.d.ts';
import { readTexts } from '../../app/search.ts';

export type Plan = components['schemas']['ReplayPlan'];
export type PlanState = Plan['state'];

export const planStates = ['freezing', 'frozen', 'running', 'paused', 'stopped', 'aborted', 'completed'] as const;

export const isOver = (state: PlanState): boolean => state === 'aborted' || state === 'completed';

export interface PlanFilters {
  readonly state?: PlanState;
}

export const readPlanFilters = (search: Record<string, unknown>): PlanFilters => readTexts(search);
