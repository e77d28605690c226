import type { Aggregate } from '../aggregate.ts';
import type { ReplayPlanCommand } from './commands.ts';
import { decide } from './decide.ts';
import type { ReplayPlanRejection } from './rejections.ts';
import { evolve, type ReplayPlanState } from './state.ts';
import { type ReplayPlanTransition, transitionSchemas } from './transitions.ts';

/** A frozen set of dead letters, and what is done to all of them. */
export const replayPlanAggregate: Aggregate<
  ReplayPlanState,
  ReplayPlanCommand,
  ReplayPlanTransition,
  ReplayPlanRejection
> = {
  name: 'replay plan',
  streamPrefix: 'replay-plan-',
  schemas: transitionSchemas,
  upcasters: {},
  acts: ['ReplayPlanRequested', 'ReplayPlanStarted', 'ReplayPlanPaused', 'ReplayPlanResumed', 'ReplayPlanAborted'],
  decide,
  evolve,
};
