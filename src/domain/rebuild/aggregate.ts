import type { Aggregate } from '../aggregate.ts';
import type { RebuildCommand } from './commands.ts';
import { decide } from './decide.ts';
import type { RebuildRejection } from './rejections.ts';
import { evolve, type RebuildState } from './state.ts';
import { type RebuildTransition, transitionSchemas } from './transitions.ts';

/** The rebuilds of one read model, one after the other: the stream's id is the read model's name. */
export const rebuildAggregate: Aggregate<RebuildState, RebuildCommand, RebuildTransition, RebuildRejection> = {
  name: 'rebuild of',
  streamPrefix: 'rebuild-',
  schemas: transitionSchemas,
  upcasters: {},
  acts: [
    'RebuildRequested',
    'RebuildComparisonRequested',
    'RebuildDifferencesAccepted',
    'RebuildPromotionRequested',
    'RebuildRollbackRequested',
    'RebuildCancelled',
    'RebuildDropRequested',
  ],
  decide,
  evolve,
};
