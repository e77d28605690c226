import type { AnyAggregate } from '../domain/aggregate.ts';
import { eventAggregate } from '../domain/event/aggregate.ts';

/** THE LIST: everything that has a history in the log. */
export const aggregates = [eventAggregate] as const satisfies readonly AnyAggregate[];
