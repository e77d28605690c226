import { CommandBusUnavailable } from '../../application/failures.ts';
import type { CommandBus, CommandDelivery, ProcessEvent } from '../../application/ports/command-bus.ts';

export interface EmbeddedBusOptions {
  /** Most commands that wait for a consumer; a publisher beyond it waits for room. */
  readonly maxWaiting?: number;
  /** Most characters of payload in the commands that wait. One larger command is taken when nothing else waits. */
  readonly maxWaitingCharacters?: number;
}

interface Consumer {
  readonly prefetch: number;
  readonly onCommand: (delivery: CommandDelivery) => void;
  inHand: number;
}

interface Publication {
  readonly commands: readonly ProcessEvent[];
  next: number;
  readonly resolve: () => void;
  readonly reject: (reason: CommandBusUnavailable) => void;
}

const weightOf = ({ event }: ProcessEvent) => event?.state?.received.payload.length ?? 0;

/**
 * The bus within one process. Memory is bounded: publishers wait, in turn, until what waits for consumers has shrunk.
 * They can wait only for consumers: what is unacknowledged needs no room, and a released command is taken back beyond the
 * bound, so a consumer never waits for a publisher, and the two cannot block each other.
 */
export class EmbeddedBus implements CommandBus {
  readonly forgetsOnRestart = true;
  readonly #maxWaiting: number;
  readonly #maxWaitingCharacters: number;
  #waiting: ProcessEvent[] = [];
  #waitingCharacters = 0;
  #publications: Publication[] = [];
  #consumers: readonly Consumer[] = [];
  #turn = 0;
  #isMoving = false;
  #isClosed = false;

  constructor({ maxWaiting = 4_096, maxWaitingCharacters = 16 * 1024 * 1024 }: EmbeddedBusOptions = {}) {
    this.#maxWaiting = maxWaiting;
    this.#maxWaitingCharacters = maxWaitingCharacters;
  }

  publish(commands: readonly ProcessEvent[]): Promise<void> {
    if (this.#isClosed) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      this.#publications.push({ commands, next: 0, resolve, reject });
      this.#move();
    });
  }

  async consume({ prefetch, onCommand }: Pick<Consumer, 'prefetch' | 'onCommand'>) {
    const consumer: Consumer = { prefetch, onCommand, inHand: 0 };
    this.#consumers = [...this.#consumers, consumer];
    this.#move();
    return {
      stop: async () => {
        this.#consumers = this.#consumers.filter((other) => other !== consumer);
      },
    };
  }

  async backlog() {
    const held = this.#publications.reduce((sum, { commands, next }) => sum + commands.length - next, 0);
    return { waiting: this.#waiting.length + held, consumers: this.#consumers.length };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#consumers = [];
    for (const held of this.#publications) held.reject(closed());
    this.#publications = [];
    this.#waiting = [];
    this.#waitingCharacters = 0;
  }

  /** Later in the same turn, so that no consumer runs inside a caller's `publish` or `acknowledge`. */
  #move(): void {
    if (this.#isMoving) return;
    this.#isMoving = true;
    queueMicrotask(() => {
      this.#isMoving = false;
      let consumer: Consumer | undefined;
      do {
        this.#admit();
        consumer = this.#waiting.length === 0 ? undefined : this.#nextConsumer();
        if (consumer) this.#handOut(consumer);
      } while (consumer);
    });
  }

  /** Takes commands from the publishers, first come first served, as far as there is room. */
  #admit(): void {
    for (let held = this.#publications[0]; held; held = this.#publications[0]) {
      for (; held.next < held.commands.length; held.next++) {
        const command = held.commands[held.next] as ProcessEvent;
        if (!this.#hasRoomFor(command)) return;
        this.#keep(command);
      }
      this.#publications.shift();
      held.resolve();
    }
  }

  #hasRoomFor(command: ProcessEvent): boolean {
    if (this.#waiting.length === 0) return true;
    const characters = this.#waitingCharacters + weightOf(command);
    return this.#waiting.length < this.#maxWaiting && characters <= this.#maxWaitingCharacters;
  }

  #keep(command: ProcessEvent): void {
    this.#waiting.push(command);
    this.#waitingCharacters += weightOf(command);
  }

  #nextConsumer(): Consumer | undefined {
    for (let tried = 0; tried < this.#consumers.length; tried++) {
      const consumer = this.#consumers[this.#turn++ % this.#consumers.length];
      if (consumer && consumer.inHand < consumer.prefetch) return consumer;
    }
    return undefined;
  }

  #handOut(consumer: Consumer): void {
    const command = this.#waiting.shift() as ProcessEvent;
    this.#waitingCharacters -= weightOf(command);
    consumer.inHand++;
    let isInHand = true;
    const settle = (isTakenBack: boolean) => {
      if (!isInHand) return;
      isInHand = false;
      consumer.inHand--;
      if (isTakenBack && !this.#isClosed) this.#keep(command);
      this.#move();
    };
    consumer.onCommand({ command, acknowledge: () => settle(false), release: () => settle(true) });
  }
}

const closed = () => new CommandBusUnavailable('The command bus is closed: the process is shutting down');
