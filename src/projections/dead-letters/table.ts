import type { ColumnType } from 'kysely';
import type { DeadLetterReason } from '../../domain/event/transitions.ts';

type Moment = ColumnType<Date, string, string>;

/** One row for each dead letter: what it is searched by, and nothing that is shown. Narrow, so that any search is short. */
export interface DeadEventsTable {
  event_id: string;
  type: string;
  source: string;
  client_id: string;
  received_at: Moment;
  died_at: Moment;
  reason: DeadLetterReason;
  class: string;
  /** The class and the message of the last failure. */
  error: string;
  fingerprint: string;
  /** The failure group by fingerprint alone: splits and merges are those of the failure groups' own rows. */
  group_id: string;
  attempts: number;
  generation: number;
  /** Of its death. */
  revision: string;
}

/** Failures that were the last transitions of a batch: whether they are deaths, the next one says. */
export interface UndecidedFailuresTable {
  event_id: string;
  class: string;
  error: string;
  fingerprint: string;
  group_id: string;
  revision: string;
}
