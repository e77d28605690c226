import { randomUUID } from 'node:crypto';
import { eventIdOf } from '../../../src/application/event-identity.ts';
import { handleCommand } from '../../../src/application/handle-command.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import type { EventLog } from '../../../src/application/ports/event-log.ts';
import { eventAggregate } from '../../../src/domain/event/aggregate.ts';
import type { EventCommand } from '../../../src/domain/event/commands.ts';
import {
  claimOfStart as claim,
  completeProcessing,
  failProcessing,
  receiveEvent,
  startProcessing,
} from '../domain/commands.ts';
import { failure } from '../domain/transitions.ts';

/** What a worker does to an event, one step at a call: the first attempt of the first generation by default. */
export function eventLife(log: EventLog, clock: Clock, eventId: string, generation = 0) {
  const actor = { kind: 'process', process: 'worker-1' } as const;
  const act = async (command: EventCommand) => {
    const result = await handleCommand(
      eventAggregate,
      { log, clock, random },
      { id: eventId, command, context: { actor } },
    );
    if (!result.ok) throw new Error(result.rejection.code);
  };
  const run = () => ({ generation, now: new Date(clock.now()).toISOString() });
  return {
    receive: () => act(receiveEvent()),
    start: () => act(startProcessing(run())),
    succeed: () => act(completeProcessing({ ...run(), claim })),
    /** The event becomes a dead letter. */
    failForGood: (why = failure) => act(failProcessing({ ...run(), claim, failure: { ...why, retryable: false } })),
  };
}

const random = { uuid: randomUUID, fraction: () => 0 };

export const someEventId = eventIdOf('shop', 'one');
