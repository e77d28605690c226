import type { Chance } from '../../../src/application/ports/chance.ts';
import type { CommandBus, CommandDelivery, ProcessEvent } from '../../../src/application/ports/command-bus.ts';
import type { Life } from './life.ts';

interface Consumer {
  readonly life: Life;
  readonly prefetch: number;
  readonly onCommand: (delivery: CommandDelivery) => void;
  readonly inHand: Set<ProcessEvent>;
}

/** A broker that does everything to commands that the port allows: it loses, repeats and reorders them. */
export class UnreliableBroker {
  readonly #chance: Chance;
  #waiting: ProcessEvent[] = [];
  readonly #consumers: Consumer[] = [];
  /** How many of the commands, from 0 to 1, are lost, and how many repeated. */
  lost = 0;
  repeated = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  wipe(): void {
    this.#waiting = [];
  }

  /** The broker as one process sees it. When the process is dead, what it had in hand is handed out again. */
  connect(life: Life): CommandBus {
    return {
      forgetsOnRestart: false,
      publish: life.lived(async (commands: readonly ProcessEvent[]) => {
        for (const command of commands) this.#take(command);
        this.#move();
      }),
      consume: async ({ prefetch, onCommand }) => {
        const consumer: Consumer = { life, prefetch, onCommand, inHand: new Set() };
        this.#consumers.push(consumer);
        this.#move();
        return { stop: async () => void this.#consumers.splice(this.#consumers.indexOf(consumer), 1) };
      },
      close: async () => {},
    };
  }

  #take(command: ProcessEvent): void {
    if (this.#chance.fraction() < this.lost) return;
    const copies = this.#chance.fraction() < this.repeated ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const place = Math.floor(this.#chance.fraction() * (this.#waiting.length + 1));
      this.#waiting.splice(place, 0, structuredClone(command));
    }
  }

  #move(): void {
    for (const { life, inHand } of this.#consumers) {
      if (!life.isOver) continue;
      this.#waiting.push(...inHand);
      inHand.clear();
    }
    for (;;) {
      const ready = this.#consumers.filter(({ life, inHand, prefetch }) => !life.isOver && inHand.size < prefetch);
      const consumer = ready[Math.floor(this.#chance.fraction() * ready.length)];
      const command = consumer && this.#waiting.shift();
      if (!command) return;
      this.#handOut(consumer, command);
    }
  }

  #handOut({ inHand, onCommand }: Consumer, command: ProcessEvent): void {
    inHand.add(command);
    onCommand({
      command,
      acknowledge: () => {
        inHand.delete(command);
        queueMicrotask(() => this.#move());
      },
      release: () => {
        if (inHand.delete(command)) this.#waiting.push(command);
        queueMicrotask(() => this.#move());
      },
    });
  }
}
