import { CommandBusUnavailable } from '../../application/failures.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { ProcessEvent } from '../../application/ports/command-bus.ts';
import { DeadlinePassed, within } from '../../application/within.ts';
import type { Broker } from './broker.ts';
import { explain } from './explain.ts';
import { type OutgoingMessage, pack } from './message.ts';
import type { Session } from './session.ts';
import type { SupervisedSession } from './supervise.ts';
import { EXCHANGE, PROCESS, QueueMissing } from './topology.ts';

export interface PublisherOptions {
  readonly broker: Broker;
  readonly supervised: SupervisedSession;
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly maxCommandsPerMessage: number;
}

export type Publish = (commands: readonly ProcessEvent[]) => Promise<void>;

/**
 * Publishes and waits until the broker has confirmed every message: for a quorum queue, that a majority has it on disk.
 * A call that fails may have published, and its caller publishes again.
 */
export function createPublish(options: PublisherOptions): Publish {
  const { broker, supervised, clock, deadlineMs } = options;
  return async (commands) => {
    const attempt = { isOver: false, session: null as Session | null };
    try {
      await within(clock, deadlineMs, send(commands, attempt, options));
    } catch (error) {
      const { session } = attempt;
      // What ended the session says more than that its channel is closed.
      const cause = session && !session.isOpen() ? await session.lost : error;
      const why = (session ? blockage(broker, session) : supervised.unhealthyReason()) ?? explain(cause, broker);
      // A session that neither answers nor says that it is blocked is given up, with all that waits to be sent on it.
      if (error instanceof DeadlinePassed && session?.blocked() === null) session.abandon(error);
      throw new CommandBusUnavailable(`${why} (${commands.length} commands not confirmed; publish them again)`, {
        cause,
      });
    } finally {
      attempt.isOver = true;
    }
  };
}

/** What an operator has to know about a broker that takes no publications. */
export function blockage({ label }: Broker, session: Session | null): string | null {
  const why = session?.blocked() ?? null;
  return why === null ? null : `RabbitMQ at ${label} takes no publications currently (${why}); give it memory or disk`;
}

async function send(
  commands: readonly ProcessEvent[],
  attempt: { isOver: boolean; session: Session | null },
  { supervised, maxCommandsPerMessage }: PublisherOptions,
): Promise<void> {
  const session = await supervised.session();
  attempt.session = session;
  const confirmations: Promise<void>[] = [];
  for (const message of pack(commands, maxCommandsPerMessage)) {
    await session.writable();
    if (attempt.isOver) return;
    const confirmation = confirmed(session, message);
    // Awaited below, unless the session is lost before.
    confirmation.catch(() => {});
    confirmations.push(confirmation);
  }
  await Promise.all(confirmations);
}

const confirmed = (session: Session, { id, commandCount, traceContext, body }: OutgoingMessage) =>
  new Promise<void>((resolve, reject) => {
    const properties = {
      persistent: true,
      // Without it the broker confirms a message that it could route nowhere.
      mandatory: true,
      messageId: id,
      type: 'ProcessEvent',
      contentType: 'application/json',
      headers: { commands: commandCount, ...traceContext },
    };
    const flows = session.channel.publish(EXCHANGE, PROCESS.routingKey, body, properties, (error: Error | null) => {
      if (error) reject(error);
      // The confirmation of a message that came back follows right behind it.
      else if (!session.isOpen()) reject(new QueueMissing(PROCESS.queue));
      else resolve();
    });
    if (!flows) session.congested();
  });

/**
 * A message that comes back found no queue. A new session declares it, and the caller publishes again.
 * @param returned called with how many commands it held.
 */
export function watchReturns(session: Session, returned: (commands: number) => void): void {
  session.channel.on('return', ({ properties }) => {
    returned(Number(properties.headers?.['commands'] ?? 1));
    session.abandon(new QueueMissing(PROCESS.queue));
  });
}
