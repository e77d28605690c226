import type { AppendOutcome, AppendRequest, EventLog, SubscriptionMessage } from '../../application/ports/event-log.ts';
import { isCrashPoint } from './crash-points.ts';
import { portActions } from './port-actions.ts';
import type { Reach } from './reach.ts';
import { withPoints } from './with-points.ts';

/** The log with points for what is appended, by type, and for each message that a subscription hands over. */
export const logWithPoints = (log: EventLog, reach: Reach): EventLog => ({
  ...withPoints(log, portActions.log, reach),
  append: async (request) => {
    reachAll(request, 'before', reach);
    const outcome = await log.append(request);
    reachWritten(request, outcome, reach);
    return outcome;
  },
  appendMany: async (requests) => {
    for (const request of requests) reachAll(request, 'before', reach);
    const outcomes = await log.appendMany(requests);
    for (const [index, request] of requests.entries()) reachWritten(request, outcomes[index], reach);
    return outcomes;
  },
  subscribeAll: (after, options) => follow(log.subscribeAll(after, options), reach),
});

function reachAll({ transitions }: AppendRequest, where: 'before' | 'after', reach: Reach): void {
  for (const { type } of transitions) {
    const point = `append-${type}.${where}`;
    if (isCrashPoint(point)) reach(point);
  }
}

function reachWritten(request: AppendRequest, outcome: AppendOutcome | undefined, reach: Reach): void {
  if (outcome?.kind === 'appended') reachAll(request, 'after', reach);
}

/** Before: all that was handed over is handled. After: a message is there, and has had no effect yet. */
async function* follow(messages: AsyncIterable<SubscriptionMessage>, reach: Reach) {
  reach('follow-log.before');
  for await (const message of messages) {
    reach('follow-log.after');
    yield message;
    reach('follow-log.before');
  }
}
