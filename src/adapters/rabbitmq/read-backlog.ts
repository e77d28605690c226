import { CommandBusUnavailable } from '../../application/failures.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { Backlog } from '../../application/ports/command-bus.ts';
import { DeadlinePassed, within } from '../../application/within.ts';
import type { Broker } from './broker.ts';
import { explain } from './explain.ts';
import { blockage } from './publisher.ts';
import type { SupervisedSession } from './supervise.ts';
import { PROCESS } from './topology.ts';

export interface ReadBacklogOptions {
  readonly broker: Broker;
  /** The session that publishes. */
  readonly supervised: SupervisedSession;
  readonly clock: Clock;
  readonly deadlineMs: number;
}

/**
 * What the broker says of the workers' queue, in messages: one holds several commands. Messages that a worker has taken
 * do not count. A queue that is missing costs the session, and the next one declares it.
 * @throws {CommandBusUnavailable}
 */
export async function readBacklog({ broker, supervised, clock, deadlineMs }: ReadBacklogOptions): Promise<Backlog> {
  const session = supervised.current();
  // A broker that has stopped reading would not hear the question.
  const why = blockage(broker, session) ?? (session === null ? supervised.unhealthyReason() : null);
  if (why !== null || session === null)
    throw new CommandBusUnavailable(why ?? `RabbitMQ at ${broker.label}: not connected`);
  try {
    const { messageCount, consumerCount } = await within(clock, deadlineMs, session.channel.checkQueue(PROCESS.queue));
    return { waiting: messageCount, consumers: consumerCount };
  } catch (error) {
    if (error instanceof DeadlinePassed) session.abandon(error);
    throw new CommandBusUnavailable(explain(session.isOpen() ? error : await session.lost, broker), { cause: error });
  }
}
