import type { Aggregate } from '../aggregate.ts';
import type { RowRepairCommand } from './commands.ts';
import { decide } from './decide.ts';
import type { RowRepairRejection } from './rejections.ts';
import { evolve, type RowRepairState } from './state.ts';
import { type RowRepairTransition, transitionSchemas } from './transitions.ts';

/** The repairs of one event's rows, one after the other: the stream's id is the event's. */
export const rowRepairAggregate: Aggregate<RowRepairState, RowRepairCommand, RowRepairTransition, RowRepairRejection> =
  {
    name: 'repair of the rows of',
    streamPrefix: 'row-repair-',
    schemas: transitionSchemas,
    upcasters: {},
    acts: ['RowRepairRequested'],
    decide,
    evolve,
  };
