import { CommandBusUnavailable } from '../../application/failures.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { CommandBus } from '../../application/ports/command-bus.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { Random } from '../../application/ports/random.ts';
import { within } from '../../application/within.ts';
import { parseBroker } from './broker.ts';
import { Consumer } from './consumer.ts';
import { blockage, createPublish, watchReturns } from './publisher.ts';
import { readBacklog } from './read-backlog.ts';
import { type SupervisedSession, superviseSession } from './supervise.ts';
import { declareTopology } from './topology.ts';

export interface RabbitMqOptions {
  /** `amqp://` or `amqps://`, with user, password and virtual host. Never repeated anywhere. */
  readonly url: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** How long `publish` waits: for a connection, for a blocked broker and for the confirmations together. */
  readonly publishDeadlineMs?: number;
  /** How long `backlog` waits for an answer. */
  readonly backlogDeadlineMs?: number;
  /** One message for several commands costs a fraction of a message each: `node bench/rabbitmq.ts`. */
  readonly maxCommandsPerMessage?: number;
}

export interface RabbitMqCommandBus extends CommandBus {
  /** What keeps it from its work currently, in words for an operator and without secrets; `null` when nothing does. */
  unhealthyReason(): string | null;
  /** Whether the broker takes no publications currently: it is low on memory or disk. */
  isBlocked(): boolean;
  /** Commands that the broker returned since the start, because no queue took them. */
  returnedCommands(): number;
}

/** What `close` grants to publications that are under way. Commands that are not confirmed by then come again. */
const LAST_PUBLICATIONS_MS = 2_000;

const closed = () => new CommandBusUnavailable('The command bus is closed: the process is shutting down');

const either = (one: AbortSignal | undefined, other: AbortSignal) =>
  one === undefined ? other : AbortSignal.any([one, other]);

/**
 * The command bus on RabbitMQ. Publishing and every consumer have a connection each, because the broker stops reading
 * from connections that publish when it runs low on memory or disk, and acknowledgements must not stop with them.
 *
 * Resolves after the first attempt to connect, also when it failed: an absent broker keeps nothing else from starting.
 * It is tried again with backoff until it is there, and `unhealthyReason` and one line of the log say what is wrong.
 * @throws {ServerUrlInvalid} when `url` is none.
 */
export async function createRabbitMqCommandBus(options: RabbitMqOptions): Promise<RabbitMqCommandBus> {
  const { url, clock, random, logger, publishDeadlineMs = 10_000, maxCommandsPerMessage = 16 } = options;
  const { backlogDeadlineMs = 5_000 } = options;
  const broker = parseBroker(url);
  const common = { broker, clock, random, logger };
  let returnedCommands = 0;
  const publishing = superviseSession({
    ...common,
    purpose: 'publishing',
    prepare: async (session) => {
      watchReturns(session, (commands) => {
        returnedCommands += commands;
      });
      await declareTopology(session.channel);
    },
  });
  const closing = new AbortController();
  const send = createPublish({
    broker,
    supervised: publishing,
    // At the end, every deadline has passed.
    clock: { now: () => clock.now(), sleep: (delayMs, signal) => clock.sleep(delayMs, either(signal, closing.signal)) },
    deadlineMs: publishDeadlineMs,
    maxCommandsPerMessage,
  });
  const consuming: SupervisedSession[] = [];
  const underWay = new Set<Promise<void>>();
  let isClosed = false;
  const whyPublishingFails = () => publishing.unhealthyReason() ?? blockage(broker, publishing.current());

  const bus: RabbitMqCommandBus = {
    forgetsOnRestart: false,
    publish: async (commands) => {
      if (isClosed) throw closed();
      if (commands.length === 0) return;
      const sending = send(commands);
      underWay.add(sending);
      await sending.finally(() => underWay.delete(sending));
    },
    consume: async ({ prefetch, onCommand }) => {
      if (isClosed) throw closed();
      const consumer = new Consumer({
        prefetch,
        onCommand,
        clock,
        logger,
        handBack: { isPossible: () => !isClosed && whyPublishingFails() === null, publish: bus.publish },
      });
      const supervised = superviseSession({
        ...common,
        purpose: 'consuming',
        prepare: async (session) => {
          await declareTopology(session.channel);
          await consumer.attach(session);
        },
      });
      consuming.push(supervised);
      await supervised.attempted;
      return {
        stop: async () => {
          supervised.retire();
          await consumer.stop();
        },
      };
    },
    backlog: async () => {
      if (isClosed) throw closed();
      return readBacklog({ broker, supervised: publishing, clock, deadlineMs: backlogDeadlineMs });
    },
    unhealthyReason: () =>
      whyPublishingFails() ?? consuming.map((each) => each.unhealthyReason()).find((found) => found !== null) ?? null,
    isBlocked: () => typeof publishing.current()?.blocked() === 'string',
    returnedCommands: () => returnedCommands,
    close: async () => {
      isClosed = true;
      await within(clock, LAST_PUBLICATIONS_MS, Promise.allSettled(underWay)).catch(() => {});
      closing.abort();
      await Promise.all([publishing, ...consuming].map((supervised) => supervised.close()));
    },
  };
  await publishing.attempted;
  return bus;
}
