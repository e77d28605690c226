import { eventAggregate } from '../domain/event/aggregate.ts';
import type { EventState } from '../domain/event/state.ts';
import { decoderOf } from './decode-transition.ts';
import type { Loaded } from './load.ts';

export type LoadedEvent = Loaded<EventState>;

/** For readers of events' streams alone. @throws {UndecodableTransition} */
export const decodeEventTransition = decoderOf(eventAggregate);
