import { type Envelope, FIRST_PREV_HASH, seal } from '../../src/application/envelope.ts';
import { deriveUuid, streamOf } from '../../src/application/event-identity.ts';
import { type LogPosition, type RecordedTransition, revision } from '../../src/application/ports/event-log.ts';
import { eventAggregate } from '../../src/domain/event/aggregate.ts';
import type { Transition } from '../../src/domain/event/transitions.ts';
import { moment } from './domain/transitions.ts';

/** What is other than usual in the envelopes: of all, or of each by its revision. */
type Extra = Partial<Envelope> | ((revision: number) => Partial<Envelope>);

/** The stream of `eventId` as the log would give it back. */
export function sealedHistory(
  transitions: readonly Transition[],
  eventId: string = deriveUuid('an event'),
  extra: Extra = {},
): RecordedTransition[] {
  return [...sealedInTurn(transitions, eventId, extra)];
}

/** The same, each made when it is asked for. */
export function* sealedInTurn(
  transitions: Iterable<Transition>,
  eventId: string = deriveUuid('an event'),
  extra: Extra = {},
): Generator<RecordedTransition> {
  const stream = streamOf(eventId);
  let prevHash = FIRST_PREV_HASH;
  let index = 0;
  for (const transition of transitions) {
    const id = deriveUuid(eventId, String(index));
    const { hash, ...proposed } = seal(eventAggregate, transition, {
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
      ...(typeof extra === 'function' ? extra(index) : extra),
    });
    prevHash = hash;
    yield { ...proposed, stream, revision: revision(index), position: BigInt(index) as LogPosition };
    index += 1;
  }
}
