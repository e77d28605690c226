import { eventAggregate } from '../domain/event/aggregate.ts';
import type { EventState } from '../domain/event/state.ts';
import { decoderOf } from './decode-transition.ts';
import type { Loaded } from './load.ts';

export type LoadedEvent = Loaded<EventState>;
/** What a process knows of an event without reading it, and the log's session in which it was so; the current one by default. */
export type KnownEvent = LoadedEvent & { readonly session?: number };

/** For readers of events' streams alone. @throws {UndecodableTransition} */
export const decodeEventTransition = decoderOf(eventAggregate);
