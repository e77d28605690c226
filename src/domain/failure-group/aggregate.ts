import type { Aggregate } from '../aggregate.ts';
import type { FailureGroupCommand } from './commands.ts';
import { decide } from './decide.ts';
import type { FailureGroupRejection } from './rejections.ts';
import { evolve, type FailureGroupState } from './state.ts';
import { type FailureGroupTransition, transitionSchemas } from './transitions.ts';

/** Failures of one handler that are one: what operators do with them, and what explains them. */
export const failureGroupAggregate: Aggregate<
  FailureGroupState,
  FailureGroupCommand,
  FailureGroupTransition,
  FailureGroupRejection
> = {
  name: 'failure group',
  streamPrefix: 'failures-',
  schemas: transitionSchemas,
  upcasters: {},
  acts: [
    'FailureGroupResolved',
    'FailureGroupMerged',
    'FailureGroupSplit',
    'FailureGroupActUndone',
    'ExplanationRequested',
  ],
  decide,
  evolve,
};
