import type { Aggregate } from '../aggregate.ts';
import type { EventCommand } from './commands.ts';
import { decide } from './decide.ts';
import type { Rejection } from './rejections.ts';
import { type EventState, evolve } from './state.ts';
import { type Transition, transitionSchemas } from './transitions.ts';

/** What clients send, and what happens to it. */
export const eventAggregate: Aggregate<EventState, EventCommand, Transition, Rejection> = {
  name: 'event',
  streamPrefix: 'event-',
  schemas: transitionSchemas,
  upcasters: {},
  acts: ['ReplayRequested', 'EventDiscarded'],
  decide,
  evolve,
};
