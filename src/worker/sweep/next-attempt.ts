import type { ProcessEvent } from '../../application/ports/command-bus.ts';
import type { DueEvent } from '../../application/ports/due-work.ts';

/**
 * The command for a row's next attempt. Without the event: the claim reads the stream, which knows better than the row,
 * and refuses the attempt if the event has moved on. So a row behind its stream costs a read and does no harm.
 */
export const nextAttempt = ({ eventId, generation, attempts, dueAt }: DueEvent): ProcessEvent => ({
  eventId,
  generation,
  attempt: attempts + 1,
  event: null,
  ...(dueAt === null ? {} : { dueAt }),
});
