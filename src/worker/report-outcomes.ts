import type { Clock } from '../application/ports/clock.ts';
import type { Logger } from '../application/ports/logger.ts';
import { createRepeatingReport } from '../application/repeating-report.ts';
import type { EventState } from '../domain/event/state.ts';

/** Called with the event as it is once an outcome has been recorded. */
export type ReportOutcome = (eventId: string, state: EventState) => void;

/**
 * Log lines about what an operator acts on. Each dead letter is one. Of attempts that failed and are retried, the first of
 * each type and kind of failure is one, and then one a minute with a count: a burst is not a flood. What is processed is none.
 * Failures are named by their class and fingerprint: their messages may quote a payload, and are in the history.
 */
export function createReportOutcome(to: {
  readonly logger: Logger;
  readonly clock: Pick<Clock, 'now'>;
}): ReportOutcome {
  const retries = createRepeatingReport(to);
  return (eventId, { status, received: { type }, generation, attempts, nextAttemptAt, failure }) => {
    // First, because it is what nearly every event comes to.
    if (status === 'PROCESSED') return retries.wentWell(type);
    const about = { eventId, type, generation, attempt: attempts, failure: shortOf(failure) };
    if (status === 'DEAD')
      to.logger.error(about, 'a dead letter: replay it once the cause is corrected, or discard it');
    else if (status === 'FAILED')
      retries.occurred({
        about: type,
        kind: failure?.fingerprint ?? 'unknown',
        level: 'warn',
        fields: { ...about, nextAttemptAt },
        message: 'an attempt failed and is retried',
      });
  };
}

const shortOf = (failure: EventState['failure']) =>
  failure && { class: failure.class, fingerprint: failure.fingerprint };
