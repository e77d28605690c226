import type { Aggregate } from '../aggregate.ts';
import type { EventTypeCommand } from './commands.ts';
import { decide } from './decide.ts';
import type { EventTypeRejection } from './rejections.ts';
import { type EventTypeState, evolve } from './state.ts';
import { type EventTypeTransition, transitionSchemas } from './transitions.ts';

/** What is said about all events of a type: whether they are worked on. The stream's id is the type's name, or `order.*`, or `*`. */
export const eventTypeAggregate: Aggregate<EventTypeState, EventTypeCommand, EventTypeTransition, EventTypeRejection> =
  {
    name: 'event type',
    streamPrefix: 'type-',
    schemas: transitionSchemas,
    upcasters: {},
    acts: ['EventTypePaused', 'EventTypeResumed'],
    decide,
    evolve,
  };
