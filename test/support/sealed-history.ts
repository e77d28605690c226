import { type Envelope, FIRST_PREV_HASH, seal } from '../../src/application/envelope.ts';
import { deriveUuid, streamOf } from '../../src/application/event-identity.ts';
import { type LogPosition, type RecordedTransition, revision } from '../../src/application/ports/event-log.ts';
import type { Transition } from '../../src/domain/event/transitions.ts';
import { moment } from './domain/transitions.ts';

/** The stream of `eventId` as the log would give it back. */
export function sealedHistory(
  transitions: readonly Transition[],
  eventId: string = deriveUuid('an event'),
  extra: Partial<Envelope> = {},
): RecordedTransition[] {
  const stream = streamOf(eventId);
  let prevHash = FIRST_PREV_HASH;
  return transitions.map((transition, index) => {
    const id = deriveUuid(eventId, String(index));
    const { hash, ...proposed } = seal(transition, {
      stream,
      revision: index,
      id,
      type: transition.type,
      schemaVersion: 1,
      recordedAt: moment(index),
      actor: { kind: 'principal', subject: 'ada', clientId: 'shop', roles: ['operator'], tokenId: null },
      correlationId: stream,
      causationId: id,
      prevHash,
      ...extra,
    });
    prevHash = hash;
    return { ...proposed, stream, revision: revision(index), position: BigInt(index) as LogPosition };
  });
}
