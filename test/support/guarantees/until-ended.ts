import type { EventReader } from '../../../src/application/ports/event-log.ts';

/** Resolves when so many generations have ended. */
export async function untilEnded(log: Pick<EventReader, 'subscribeAll'>, count: number): Promise<void> {
  let left = count;
  for await (const message of log.subscribeAll(null)) {
    if (message.kind !== 'transitions') continue;
    for (const { type } of message.transitions)
      if (type === 'ProcessingSucceeded' || type === 'EventDeadLettered') left -= 1;
    if (left <= 0) return;
  }
}
