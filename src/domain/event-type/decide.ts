import type { Decision as DecisionOf } from '../aggregate.ts';
import type { EventTypeCommand } from './commands.ts';
import type { EventTypeRejection } from './rejections.ts';
import type { EventTypeState } from './state.ts';
import type { EventTypeTransition } from './transitions.ts';

type Decision = DecisionOf<EventTypeTransition, EventTypeRejection>;

/** What follows from a command in a state. Pure and total: every refusal is a value. */
export function decide(state: EventTypeState | null, { kind, reason, requestedBy, now }: EventTypeCommand): Decision {
  const pause = state?.pause ?? null;
  if (kind === 'PauseEventType')
    return pause === null
      ? accept({ type: 'EventTypePaused', data: { pausedAt: now, reason, requestedBy } })
      : reject({ code: 'type-paused', pause });
  return pause === null
    ? reject({ code: 'type-not-paused' })
    : accept({ type: 'EventTypeResumed', data: { reason, requestedBy, resumedAt: now } });
}

const accept = (transition: EventTypeTransition): Decision => ({ ok: true, transitions: [transition] });
const reject = (rejection: EventTypeRejection): Decision => ({ ok: false, rejection });
