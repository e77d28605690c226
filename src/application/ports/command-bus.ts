import type { LoadedEvent } from '../load-event.ts';

/** Asks a worker to run one attempt of an event's handler. A hint: losing or repeating it costs time, not truth. */
export interface ProcessEvent {
  readonly eventId: string;
  readonly generation: number;
  readonly attempt: number;
  /** The event as it stood when the command was made, so that the usual claim needs no read; `null` when too large. */
  readonly event: LoadedEvent | null;
}

/** `<eventId>:<generation>:<attempt>`: equal for a command that is published again. */
export const messageId = ({ eventId, generation, attempt }: ProcessEvent) => `${eventId}:${generation}:${attempt}`;

export interface CommandPublisher {
  /**
   * Resolves once the bus holds every command. May have published some of them when it fails.
   * @throws {CommandBusUnavailable}
   */
  publish(commands: readonly ProcessEvent[]): Promise<void>;
}

export interface CommandDelivery {
  readonly command: ProcessEvent;
  /** The bus may forget the command. */
  acknowledge(): void;
  /** The bus hands the command out again, here or elsewhere. */
  release(): void;
}

export interface CommandConsumer {
  /**
   * Hands out commands, each to one consumer and at least once, with at most `prefetch` unacknowledged here. Resumes by
   * itself after a lost connection. `stop` takes no further commands and resolves when none is handed out any more;
   * what is in hand may still be acknowledged.
   */
  consume(options: {
    readonly prefetch: number;
    readonly onCommand: (delivery: CommandDelivery) => void;
  }): Promise<{ stop(): Promise<void> }>;
}

export interface CommandBus extends CommandPublisher, CommandConsumer {
  /**
   * Commands do not outlive the process: at start, whatever is not finished must be published again.
   * `false` for a broker with durable queues.
   */
  readonly forgetsOnRestart: boolean;
  close(): Promise<void>;
}
