import type { Channel } from 'amqplib';

export const EXCHANGE = 'eventops.commands';
/** The queue that workers consume, and the key of its commands. */
export const PROCESS = { queue: 'eventops.process', routingKey: 'process' } as const;
/** What no worker could take: for an operator to look at. Nothing consumes it, so it is bounded. */
export const POISON = { queue: 'eventops.poison', routingKey: 'poison' } as const;

/**
 * How often a message may come back before it is set aside. It counts workers that died holding the message, not
 * attempts, which the log counts. Without a dead-letter exchange the limit would delete the message (RabbitMQ 3.10).
 */
const DELIVERY_LIMIT = 20;
const MAX_POISON = 10_000;

const queues = [
  {
    ...PROCESS,
    arguments: {
      'x-queue-type': 'quorum',
      'x-delivery-limit': DELIVERY_LIMIT,
      'x-dead-letter-exchange': EXCHANGE,
      'x-dead-letter-routing-key': POISON.routingKey,
    },
  },
  { ...POISON, arguments: { 'x-queue-type': 'quorum', 'x-max-length': MAX_POISON } },
];

/** A queue of ours exists with other arguments than ours. RabbitMQ cannot change them; an operator has to delete it. */
export class QueueDiffers extends Error {
  override readonly name = 'QueueDiffers';
  readonly queue: string;
  constructor(queue: string, difference: string) {
    super(
      `has a queue ${queue} with other arguments than ours (${difference}); delete it with \`rabbitmqctl ` +
        `delete_queue ${queue}\`: nothing is lost, because its commands are published again from the log`,
    );
    this.queue = queue;
  }
}

/** A queue of ours was deleted while we used it. */
export class QueueMissing extends Error {
  override readonly name = 'QueueMissing';
  constructor(queue: string) {
    super(`lost the queue ${queue}, which is declared again; commands in it are published again from the log`);
  }
}

/**
 * Declares everything that we use, as often as wanted.
 * @throws {QueueDiffers}
 */
export async function declareTopology(channel: Channel): Promise<void> {
  await channel.assertExchange(EXCHANGE, 'direct', { durable: true });
  for (const { queue, routingKey, arguments: wanted } of queues) {
    try {
      await channel.assertQueue(queue, { durable: true, arguments: wanted });
    } catch (error) {
      throw differenceIn(error, queue);
    }
    await channel.bindQueue(queue, EXCHANGE, routingKey);
  }
}

const PRECONDITION_FAILED = 406;

function differenceIn(error: unknown, queue: string): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === PRECONDITION_FAILED)) return error;
  return new QueueDiffers(queue, /inequivalent arg ('[^']+')/.exec(error.message)?.[1] ?? 'its type');
}
