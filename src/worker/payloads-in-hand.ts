import { CommandBusUnavailable } from '../application/failures.ts';

export const payloadLimits = {
  /** Payloads of the events in progress, in UTF-16 units. A handler gets its payload parsed, which takes several times that. */
  payloadCharactersInHand: 16 * 1024 * 1024,
  /** Events that are read from the log at one time; how large they are is known only then. */
  eventsBeingRead: 32,
} as const;

export type PayloadLimits = { readonly [Limit in keyof typeof payloadLimits]: number };

export interface PayloadsInHand {
  /**
   * The event once there is room for its payload, and what gives the room back. One that is larger than all the room has
   * it alone.
   * @throws what `read` throws. @throws {CommandBusUnavailable} when the worker stops before there is room.
   */
  take<Event>(read: () => Event | Promise<Event>, lengthOf: (event: Event) => number): Promise<Taken<Event>>;
}

export interface Taken<Event> {
  readonly event: Event;
  readonly giveBack: () => void;
}

/** Bounds in bytes what a worker works on: a thousand small events are nothing, a thousand large ones are the heap. */
export function createPayloadsInHand(
  letGo: AbortSignal,
  { payloadCharactersInHand: most, eventsBeingRead: mostReads }: PayloadLimits,
): PayloadsInHand {
  const reads = createBound(mostReads, letGo);
  const room = createBound(most, letGo);
  return {
    async take(read, lengthOf) {
      await reads.take(1);
      try {
        const event = await read();
        const length = lengthOf(event);
        await room.take(length);
        return { event, giveBack: () => room.giveBack(length) };
      } finally {
        reads.giveBack(1);
      }
    },
  };
}

interface Waiting {
  readonly weight: number;
  readonly go: () => void;
  readonly giveUp: (reason: CommandBusUnavailable) => void;
}

/** So much at one time, in the order of arrival. */
function createBound(most: number, letGo: AbortSignal) {
  const waiting: Waiting[] = [];
  let held = 0;
  const fits = (weight: number) => held === 0 || held + weight <= most;
  const stopped = () => new CommandBusUnavailable('The worker stops before there was room for the event');
  letGo.addEventListener('abort', () => {
    for (const { giveUp } of waiting.splice(0)) giveUp(stopped());
  });
  return {
    async take(weight: number): Promise<void> {
      if (letGo.aborted) throw stopped();
      if (waiting.length > 0 || !fits(weight))
        return new Promise((go, giveUp) => void waiting.push({ weight, go, giveUp }));
      held += weight;
    },
    giveBack(weight: number): void {
      held -= weight;
      for (let [first] = waiting; first !== undefined && fits(first.weight); [first] = waiting) {
        held += first.weight;
        waiting.shift();
        first.go();
      }
    },
  };
}
