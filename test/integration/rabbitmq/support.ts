import { randomUUID } from 'node:crypto';
import { type Channel, connect } from 'amqplib';
import { onTestFinished } from 'vitest';
import { createRabbitMqCommandBus, type RabbitMqOptions } from '../../../src/adapters/rabbitmq/command-bus.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import { CommandBusUnavailable } from '../../../src/application/failures.ts';
import type {
  CommandBus,
  CommandConsumer,
  CommandDelivery,
  ProcessEvent,
} from '../../../src/application/ports/command-bus.ts';
import type { Logger } from '../../../src/application/ports/logger.ts';
import { request } from '../../support/domain/transitions.ts';

/** A command as the dispatcher makes it for an event that was just received. */
export const command = (but: Partial<ProcessEvent> = {}): ProcessEvent => ({
  eventId: randomUUID(),
  generation: 0,
  attempt: 1,
  event: {
    state: {
      status: 'RECEIVED',
      received: request,
      generation: 0,
      attempts: 0,
      claim: null,
      nextAttemptAt: null,
      failure: null,
      suspicions: [],
    },
    revision: 0,
    headId: randomUUID(),
    headHash: 'h'.repeat(64),
    traceparent: null,
    firstTraceparent: null,
    createdAt: '2026-01-01T12:00:00.000Z',
  },
  ...but,
});

/** A command as its message has it: an event says when it was received, and the command has the trace. */
export function written({ event, ...others }: ProcessEvent) {
  if (event === null) return { ...others, event };
  const { createdAt: receivedAt, traceparent: _, firstTraceparent: _first, ...loaded } = event;
  return { ...others, event: { ...loaded, receivedAt } };
}

export const commands = (count: number) => Array.from({ length: count }, () => command());
export const idsOf = (some: readonly ProcessEvent[]) => some.map(({ eventId }) => eventId).sort();

/** Waits for lines instead of for time. */
export interface ListeningLogger extends Logger {
  readonly lines: string[];
  /** Resolves with the first line that matches, said already or to come. */
  says(pattern: RegExp): Promise<string>;
}

export function createListeningLogger(): ListeningLogger {
  const lines: string[] = [];
  const waiting = new Set<(line: string) => void>();
  const log = (level: string) => (fields: object, message: string) => {
    const line = `${level} ${message} ${JSON.stringify(fields)}`;
    lines.push(line);
    for (const listen of waiting) listen(line);
  };
  const logger: ListeningLogger = {
    lines,
    ...{ debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    child: () => logger,
    says: (pattern) =>
      new Promise((resolve) => {
        const said = lines.find((line) => pattern.test(line));
        if (said !== undefined) return resolve(said);
        const listen = (line: string) => {
          if (!pattern.test(line)) return;
          waiting.delete(listen);
          resolve(line);
        };
        waiting.add(listen);
      }),
  };
  return logger;
}

/** A bus whose backoff and deadlines pass four times as fast, and which is closed when the test ends. */
export async function createBus(url: string, but: Partial<RabbitMqOptions> = {}) {
  const logger = createListeningLogger();
  const bus = await createRabbitMqCommandBus({
    url,
    clock: { now: systemClock.now, sleep: (delayMs, signal) => systemClock.sleep(delayMs / 4, signal) },
    random: systemRandom,
    logger,
    publishDeadlineMs: 40_000,
    ...but,
  });
  onTestFinished(() => bus.close());
  return { bus, logger };
}

/** Waits until something holds, looking again whenever `changed` is called. */
function createWaiting() {
  const waiting = new Set<() => void>();
  return {
    changed: () => {
      for (const look of waiting) look();
    },
    until: (holds: () => boolean) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!holds()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

/** What a consumer was given, to wait for and to settle. */
export async function collect(consumer: CommandConsumer, { prefetch = 256, acknowledges = true } = {}) {
  const deliveries: CommandDelivery[] = [];
  const { until, changed } = createWaiting();
  const { stop } = await consumer.consume({
    prefetch,
    onCommand: (delivery) => {
      deliveries.push(delivery);
      if (acknowledges) delivery.acknowledge();
      changed();
    },
  });
  const received = () => idsOf(deliveries.map((delivery) => delivery.command));
  return {
    deliveries,
    stop,
    received,
    /** Resolves once so many were handed out. */
    count: (count: number) => until(() => deliveries.length >= count),
    /** Resolves once each of these was handed out at least once. */
    all: (wanted: readonly ProcessEvent[]) =>
      until(() => {
        const there = new Set(received());
        return wanted.every(({ eventId }) => there.has(eventId));
      }),
  };
}

/** The bodies of a queue's messages, past the adapter. */
export async function collectRaw(channel: Channel, queue: string) {
  const bodies: string[] = [];
  const { until, changed } = createWaiting();
  await channel.consume(queue, (message) => {
    if (message !== null) bodies.push(message.content.toString());
    changed();
  });
  return { bodies, count: (count: number) => until(() => bodies.length >= count) };
}

/** As the dispatcher does: again, until the bus has them. */
export async function publishUntilTaken(bus: CommandBus, some: readonly ProcessEvent[]): Promise<void> {
  for (;;) {
    try {
      return await bus.publish(some);
    } catch (error) {
      if (!(error instanceof CommandBusUnavailable)) throw error;
    }
  }
}

/** The broker as somebody else sees it, past the adapter. Closed when the test ends. */
export async function openChannel(url: string) {
  const connection = await connect(url);
  connection.on('error', () => {});
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  onTestFinished(() => connection.close().catch(() => {}));
  return channel;
}
