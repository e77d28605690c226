import type {
  CommandBus,
  CommandConsumer,
  CommandDelivery,
  ProcessEvent,
} from '../../../src/application/ports/command-bus.ts';
import type { Random } from '../../../src/application/ports/random.ts';
import type { Life } from './life.ts';
import type { CommandFault } from './scenario.ts';

interface Consumer {
  readonly life: Life;
  readonly prefetch: number;
  readonly onCommand: (delivery: CommandDelivery) => void;
  /** What it is to acknowledge or to give back. */
  readonly inHand: Set<Handed>;
  /** Commands it has not settled, also those that the broker has forgotten or taken back: all count towards `prefetch`. */
  held: number;
}
interface Handed {
  readonly command: ProcessEvent;
}

/** A broker that outlives processes and reorders what it has, and loses or repeats what the scenario names. */
export class SimulatedBroker {
  readonly #random: Random;
  readonly #faults: ReadonlyMap<number, CommandFault['what']>;
  readonly #isPeace: () => boolean;
  readonly #noted: (what: string) => void;
  #waiting: ProcessEvent[] = [];
  readonly #consumers = new Set<Consumer>();
  #taken = 0;

  constructor(
    random: Random,
    faults: readonly CommandFault[],
    { isPeace, noted }: { readonly isPeace: () => boolean; readonly noted: (what: string) => void },
  ) {
    this.#random = random;
    this.#isPeace = isPeace;
    this.#faults = new Map(faults.map(({ nth, what }) => [nth, what]));
    this.#noted = noted;
  }

  publish(commands: readonly ProcessEvent[]): void {
    for (const command of commands) {
      const nth = ++this.#taken;
      const fault = this.#isPeace() ? undefined : this.#faults.get(nth);
      if (fault !== undefined) this.#noted(`the broker is to ${fault} the command`);
      const copies = fault === 'lose' ? 0 : fault === 'repeat' ? 2 : 1;
      for (let copy = 0; copy < copies; copy++) this.#put(command);
    }
    this.#move();
  }

  readonly backlog: CommandBus['backlog'] = async () => ({
    waiting: this.#waiting.length,
    consumers: this.#consumers.size,
  });

  consume(life: Life, { prefetch, onCommand }: Parameters<CommandConsumer['consume']>[0]): { stop(): Promise<void> } {
    const consumer: Consumer = { life, prefetch, onCommand, inHand: new Set(), held: 0 };
    this.#consumers.add(consumer);
    void life.ended.then(() => {
      this.#consumers.delete(consumer);
      this.#takeBack(consumer);
    });
    this.#move();
    return { stop: async () => void this.#consumers.delete(consumer) };
  }

  /** What the process has in hand is handed out again, while it is still at it. */
  loseConnection(life: Life): void {
    for (const consumer of this.#consumers) if (consumer.life === life) this.#takeBack(consumer);
  }

  wipe(): void {
    this.#waiting = [];
    for (const { inHand } of this.#consumers) inHand.clear();
  }

  #takeBack({ inHand }: Consumer): void {
    for (const { command } of inHand) this.#put(command);
    inHand.clear();
    this.#move();
  }

  #put(command: ProcessEvent): void {
    const place = Math.floor(this.#random.fraction() * (this.#waiting.length + 1));
    this.#waiting.splice(place, 0, command);
  }

  #move(): void {
    while (this.#waiting.length > 0) {
      const ready = [...this.#consumers].filter(({ held, prefetch }) => held < prefetch);
      const consumer = ready[Math.floor(this.#random.fraction() * ready.length)];
      if (consumer === undefined) return;
      this.#handOut(consumer, this.#waiting.shift() as ProcessEvent);
    }
  }

  #handOut(consumer: Consumer, command: ProcessEvent): void {
    const { inHand } = consumer;
    const handed: Handed = { command };
    inHand.add(handed);
    consumer.held++;
    let isHeld = true;
    const settle = (goesBack: boolean) => {
      if (isHeld) consumer.held--;
      isHeld = false;
      if (inHand.delete(handed) && goesBack) this.#put(command);
      this.#move();
    };
    consumer.onCommand({ command, acknowledge: () => settle(false), release: () => settle(true) });
  }
}
