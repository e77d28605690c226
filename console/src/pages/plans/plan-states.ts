import type { components } from '../../api/schema.d.ts';
import { readTexts } from '../../app/search.ts';

export type Plan = components['schemas']['ReplayPlan'];
export type PlanState = Plan['state'];

export const planStates = ['freezing', 'frozen', 'running', 'paused', 'stopped', 'aborted', 'completed'] as const;

export const isOver = (state: PlanState): boolean => state === 'aborted' || state === 'completed';

/** One that is no state is given to the API, which refuses it. */
export const readPlanState = (search: Record<string, unknown>) =>
  readTexts(['state'], search) as { readonly state?: PlanState };
