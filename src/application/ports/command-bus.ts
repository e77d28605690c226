import type { LoadedEvent } from '../event-history.ts';

/** Asks a worker to run one attempt of an event's handler. A hint: losing or repeating it costs time, not truth. */
export interface ProcessEvent {
  readonly eventId: string;
  readonly generation: number;
  readonly attempt: number;
  /** The event as it stood when the command was made, so that the usual claim needs no read; `null` when too large. */
  readonly event: LoadedEvent | null;
  /**
   * RFC 3339, as the log has it: the attempt may not start before. Absent when it may start at any time. Clocks differ: a
   * worker that is early by its own waits, or gives the command back.
   */
  readonly dueAt?: string | undefined;
  /** W3C trace context of what the command follows from. Absent where there is none, or only the history knows. */
  readonly traceparent?: string | undefined;
  /** What came with it, from the dispatcher to the bus. Not kept in the command. */
  readonly tracestate?: string | undefined;
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

/** What is on its way between publishers and consumers. */
export interface Backlog {
  /** What waits for a consumer, in commands, or in messages of several commands where the bus counts these. */
  readonly waiting: number;
  /** In all processes. */
  readonly consumers: number;
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
   * what was handed out may still be acknowledged.
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
  /** @throws {CommandBusUnavailable} by the adapter's own deadline. */
  backlog(): Promise<Backlog>;
  close(): Promise<void>;
}
