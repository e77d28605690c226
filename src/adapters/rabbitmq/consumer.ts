import type { ConsumeMessage } from 'amqplib';
import type { Clock } from '../../application/ports/clock.ts';
import type { CommandDelivery, ProcessEvent } from '../../application/ports/command-bus.ts';
import type { Logger } from '../../application/ports/logger.ts';
import { within } from '../../application/within.ts';
import { unpack } from './message.ts';
import { type HandBack, MessageInHand } from './message-in-hand.ts';
import type { Session } from './session.ts';
import { POISON, PROCESS, QueueMissing } from './topology.ts';

export interface ConsumerOptions {
  /** Most unacknowledged commands, and most messages. */
  readonly prefetch: number;
  readonly onCommand: (delivery: CommandDelivery) => void;
  readonly handBack: HandBack;
  readonly clock: Clock;
  readonly logger: Logger;
}

const CANCEL_DEADLINE_MS = 2_000;

/** What answers the broker; the commands have been read. */
const withoutContent = (raw: ConsumeMessage): ConsumeMessage => ({ ...raw, content: Buffer.alloc(0) });

interface Waiting {
  readonly message: MessageInHand;
  readonly command: ProcessEvent;
}

/**
 * Hands out the commands of the messages that the broker sends, up to `prefetch` at a time; the others wait here.
 *
 * The broker itself allows `prefetch` messages, because a message may hold a single command: as many as that must be
 * able to run at once. So up to `prefetch` times the commands of a message wait here under load, out of the reach of
 * other workers, which is why messages are kept small. In bytes that is 32 MiB of commands of events up to 32 KiB, which
 * travel with their payloads; larger ones travel without.
 *
 * RabbitMQ takes a message back that is not acknowledged for 30 minutes (`consumer_timeout`) and closes the channel; the
 * session is then opened again, and what was unacknowledged is delivered again. A handler that takes longer needs its command
 * acknowledged after the claim: the claim's lease and the sweep see it through.
 */
export class Consumer {
  readonly #options: ConsumerOptions;
  #waiting: Waiting[] = [];
  #inHand = 0;
  #consumed: { readonly session: Session; readonly consumerTag: string } | null = null;
  #isStopped = false;
  #isHandingOut = false;

  constructor(options: ConsumerOptions) {
    this.#options = options;
  }

  /** Begins on a new session. What waits from the one before is delivered again, so it is forgotten. */
  async attach(session: Session): Promise<void> {
    this.#waiting = [];
    await session.channel.prefetch(this.#options.prefetch);
    const { consumerTag } = await session.channel.consume(PROCESS.queue, (message) => {
      if (message === null) session.abandon(new QueueMissing(PROCESS.queue));
      else this.#receive(session, message);
    });
    this.#consumed = { session, consumerTag };
  }

  /** Resolves when nothing is handed out any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#consumed?.session.isOpen()) {
      const cancelled = this.#consumed.session.channel.cancel(this.#consumed.consumerTag);
      await within(this.#options.clock, CANCEL_DEADLINE_MS, cancelled).catch(() => {});
    }
    // After the cancellation, because until then the broker would send the same messages here again.
    for (const { message } of this.#waiting.splice(0)) message.giveBack();
  }

  #receive(session: Session, raw: ConsumeMessage): void {
    const { commands, problem } = unpack(raw.content);
    if (problem !== null)
      this.#options.logger.error(
        { queue: PROCESS.queue, messageId: raw.properties.messageId, problem },
        `a message that no worker can read is set aside in ${POISON.queue}; its event, if there is one, is not lost`,
      );
    const message = new MessageInHand(
      { session, raw: withoutContent(raw), commands, isPoisonous: problem !== null },
      this.#options.handBack,
    );
    for (const command of commands) this.#waiting.push({ message, command });
    this.#handOut();
  }

  #handOut(): void {
    // A command may be acknowledged while it is handed out, which leads here again.
    if (this.#isHandingOut) return;
    this.#isHandingOut = true;
    try {
      while (!this.#isStopped && this.#inHand < this.#options.prefetch) {
        const next = this.#waiting.shift();
        if (next === undefined) break;
        this.#inHand++;
        this.#options.onCommand(this.#delivery(next));
      }
    } finally {
      this.#isHandingOut = false;
    }
  }

  #delivery({ message, command }: Waiting): CommandDelivery {
    let isInHand = true;
    const settle = (how: () => void) => {
      if (!isInHand) return;
      isInHand = false;
      this.#inHand--;
      how();
      this.#handOut();
    };
    return {
      command,
      acknowledge: () => settle(() => message.acknowledge()),
      release: () => settle(() => message.release(command)),
    };
  }
}
