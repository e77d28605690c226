import type { ConsumeMessage } from 'amqplib';
import type { ProcessEvent } from '../../application/ports/command-bus.ts';
import type { Session } from './session.ts';

/** Publishes released commands again, where that is possible. */
export interface HandBack {
  isPossible(): boolean;
  publish(commands: readonly ProcessEvent[]): Promise<void>;
}

export interface Received {
  readonly session: Session;
  readonly raw: ConsumeMessage;
  readonly commands: readonly ProcessEvent[];
  /** It cannot be read, or not all of it. */
  readonly isPoisonous: boolean;
}

/**
 * A message whose commands are settled one by one, while the broker knows the message only. It is acknowledged once
 * it is no longer needed; whenever that is in doubt it goes back whole, and the commands that were done already are
 * dropped by their revision when they come again.
 *
 * A released command is published in a message of its own, so that it waits for no neighbour, goes to the end of the
 * queue, and does not count as a delivery that ended with a dead worker.
 */
export class MessageInHand {
  readonly #received: Received;
  readonly #handBack: HandBack;
  /** Commands that are not settled, and the hand-back that is under way. */
  #open: number;
  #released: ProcessEvent[] = [];
  #goesBack = false;

  constructor(received: Received, handBack: HandBack) {
    this.#received = received;
    this.#handBack = handBack;
    this.#open = received.commands.length;
    if (this.#open === 0) this.#conclude();
  }

  acknowledge(): void {
    this.#close();
  }

  release(command: ProcessEvent): void {
    this.#released.push(command);
    if (this.#released.length === 1) {
      this.#open++;
      // What is released in the same turn travels together.
      queueMicrotask(() => void this.#publishReleased());
    }
    this.#close();
  }

  /** Lets go of a command that was not handed out: the whole message goes back, once its other commands are settled. */
  giveBack(): void {
    this.#goesBack = true;
    this.#close();
  }

  async #publishReleased(): Promise<void> {
    const commands = this.#released.splice(0);
    try {
      // A lost session gives everything back by itself.
      if (this.#handBack.isPossible() && this.#received.session.isOpen()) await this.#handBack.publish(commands);
      else this.#goesBack = true;
    } catch {
      this.#goesBack = true;
    }
    this.#close();
  }

  #close(): void {
    this.#open--;
    if (this.#open === 0) this.#conclude();
  }

  #conclude(): void {
    const { session, raw, isPoisonous } = this.#received;
    // A lost session took its unacknowledged messages back itself.
    if (!session.isOpen()) return;
    if (this.#goesBack) session.channel.nack(raw, false, true);
    else if (isPoisonous) session.channel.reject(raw, false);
    else session.channel.ack(raw);
  }
}
