import type { RecordedTransition } from '../../../src/application/ports/event-log.ts';
import type { EventView } from '../../../src/projections/events/queries.ts';

/** An event for which a client has a 2xx that it wrote down before it went on. */
export interface Acknowledged {
  /** As it was answered. */
  readonly eventId: string;
  readonly idempotencyKey: string;
  /** The JSON text that was sent. */
  readonly payload: string;
}

/** An operator's request that was answered for certain: it was done (2xx), or nothing was changed (4xx). */
export interface AnsweredRequest {
  readonly requestId: string;
  readonly eventId: string;
  readonly wasDone: boolean;
}

/** What a row says, as far as the observer can see it. */
export type ObservedRow = Readonly<Partial<EventView>> &
  Pick<EventView, 'status' | 'generation' | 'attempts' | 'revision'>;

/** All that is known once faults have stopped and the system had its time of peace. */
export interface Evidence {
  readonly acknowledged: readonly Acknowledged[];
  readonly answered?: readonly AnsweredRequest[];
  /** Every stream of the log by event id, each in the order of its revisions. */
  readonly histories: ReadonlyMap<string, readonly RecordedTransition[]>;
  /** The read table by event id; `null` where it is not looked at. */
  readonly rows: ReadonlyMap<string, ObservedRow> | null;
}
