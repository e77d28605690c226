import type { Insertable } from 'kysely';
import { decodeTransition } from '../../application/decode-transition.ts';
import { groupIdOfStream } from '../../application/failure-groups/identity.ts';
import type { RecordedTransition } from '../../application/ports/event-log.ts';
import { failureGroupAggregate } from '../../domain/failure-group/aggregate.ts';
import { storable } from '../storable.ts';
import type { ExplanationsTable } from './table.ts';

export type ExplanationRow = Readonly<Required<Insertable<ExplanationsTable>>>;

/** @throws {UndecodableTransition} */
export function explanationRowOf(recorded: RecordedTransition): ExplanationRow | null {
  const transition = decodeTransition(failureGroupAggregate, recorded);
  if (transition.type !== 'FailureExplained') return null;
  const { eventId, handlerVersion, request } = transition.data;
  return {
    id: recorded.id,
    group_id: groupIdOfStream(recorded.stream),
    event_id: eventId,
    handler_version: handlerVersion === null ? null : storable(handlerVersion),
    is_requested: request !== null,
    at: recorded.recordedAt,
    position: recorded.position.toString(),
    explanation: storable(JSON.stringify(transition.data)),
  };
}
