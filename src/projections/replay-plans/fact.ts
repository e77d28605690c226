import { decodeTransition } from '../../application/decode-transition.ts';
import { unseal } from '../../application/envelope.ts';
import { decodeEventTransition } from '../../application/event-history.ts';
import { EVENT_STREAM_PREFIX, eventIdOfStream } from '../../application/event-identity.ts';
import { UndecodableTransition } from '../../application/failures.ts';
import type { RecordedTransition } from '../../application/ports/event-log.ts';
import { replayPlanAggregate } from '../../domain/replay-plan/aggregate.ts';
import type { ReplayPlanTransition } from '../../domain/replay-plan/transitions.ts';
import { storable } from '../storable.ts';

/** What happened to an event that may be a member of a plan. */
export type EventFact =
  | { readonly kind: 'replayed' | 'discarded'; readonly eventId: string; readonly planId: string }
  | { readonly kind: 'failed'; readonly eventId: string; readonly generation: number; readonly why: string }
  | { readonly kind: 'processed' | 'died'; readonly eventId: string; readonly generation: number };

export type Fact =
  | EventFact
  | { readonly kind: 'of-plan'; readonly planId: string; readonly transition: ReplayPlanTransition };

export const factTypes = [
  ...['ProcessingSucceeded', 'ProcessingFailed', 'EventDeadLettered', 'ReplayRequested', 'EventDiscarded'],
  ...Object.keys(replayPlanAggregate.schemas),
];

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Nearly all transitions are of an event's first generation, which no plan began: their data is not even parsed. */
const ofFirstGeneration = /^\{"attempt":\d+,(?:"durationMs":\d+,)?"generation":0,/;
const MOST_WHY = 1_000;

/** `null` of what concerns no plan, and of what is not as it was written. */
export function factOf(recorded: RecordedTransition): Fact | null {
  const { stream, data } = recorded;
  if (stream.startsWith(EVENT_STREAM_PREFIX) && ofFirstGeneration.test(data)) return null;
  try {
    return stream.startsWith(replayPlanAggregate.streamPrefix) ? ofPlan(recorded) : ofEvent(recorded);
  } catch (error) {
    if (!(error instanceof UndecodableTransition)) throw error;
    return null;
  }
}

function ofPlan(recorded: RecordedTransition): Fact | null {
  const planId = recorded.stream.slice(replayPlanAggregate.streamPrefix.length);
  if (!uuid.test(planId)) return null;
  return { kind: 'of-plan', planId, transition: decodeTransition(replayPlanAggregate, recorded) };
}

function ofEvent(recorded: RecordedTransition): Fact | null {
  const eventId = eventIdOfStream(recorded.stream);
  if (!uuid.test(eventId)) return null;
  const { type, data } = decodeEventTransition(recorded);
  switch (type) {
    case 'ReplayRequested':
    case 'EventDiscarded': {
      const { planId } = unseal(recorded).envelope;
      if (planId === undefined || !uuid.test(planId)) return null;
      return { kind: type === 'ReplayRequested' ? 'replayed' : 'discarded', eventId, planId };
    }
    case 'ProcessingFailed': {
      const { generation, failure } = data;
      if (generation === 0) return null;
      const why = storable(`${failure.class}: ${failure.message}`.slice(0, MOST_WHY));
      return { kind: 'failed', eventId, generation, why };
    }
    case 'ProcessingSucceeded':
      return { kind: 'processed', eventId, generation: data.generation };
    case 'EventDeadLettered':
      return { kind: 'died', eventId, generation: data.generation };
    default:
      return null;
  }
}
