import type { Aggregate } from '../aggregate.ts';
import type { AuditTreeCommand } from './commands.ts';
import { decide } from './decide.ts';
import type { AuditTreeRejection } from './rejections.ts';
import { type AuditTreeState, evolve } from './state.ts';
import { type AuditTreeTransition, transitionSchemas } from './transitions.ts';

/** The tree over all histories, of which it is signed again and again how large it is and what its root is. */
export const auditTreeAggregate: Aggregate<AuditTreeState, AuditTreeCommand, AuditTreeTransition, AuditTreeRejection> =
  {
    name: 'audit tree',
    streamPrefix: 'audit-',
    schemas: transitionSchemas,
    upcasters: {},
    acts: [],
    decide,
    evolve,
  };
