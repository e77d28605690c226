import type { ConsumeMessage } from 'amqplib';
import { expect, it } from 'vitest';
import { Consumer } from '../../../../src/adapters/rabbitmq/consumer.ts';
import { pack } from '../../../../src/adapters/rabbitmq/message.ts';
import type { Session } from '../../../../src/adapters/rabbitmq/session.ts';
import type { CommandDelivery } from '../../../../src/application/ports/command-bus.ts';
import { silentLogger } from '../../../support/worker/silent-logger.ts';

/** A session in which the test sends the messages. */
function createSession() {
  let receive: ((message: ConsumeMessage) => void) | null = null;
  const channel = {
    prefetch: async () => {},
    consume: async (_queue: string, onMessage: (message: ConsumeMessage) => void) => {
      receive = onMessage;
      return { consumerTag: 'consumer' };
    },
    ack: () => {},
  };
  return {
    session: { channel, isOpen: () => true } as unknown as Session,
    deliver: (eventId: string) => {
      const [message] = pack([{ eventId, generation: 0, attempt: 1, event: null }], 1);
      receive?.({ content: message?.body, properties: {} } as ConsumeMessage);
    },
  };
}

it('hands out no more than the prefetch while commands of a lost session are in hand', async () => {
  const deliveries: CommandDelivery[] = [];
  const consumer = new Consumer({
    prefetch: 1,
    onCommand: (delivery) => deliveries.push(delivery),
    handBack: { isPossible: () => false, publish: async () => {} },
    clock: { now: () => 0, sleep: async () => {} },
    logger: silentLogger,
  });
  const [first, second] = [createSession(), createSession()];
  await consumer.attach(first.session);
  first.deliver('of the first session');
  await consumer.attach(second.session);
  second.deliver('of the second session');
  expect(deliveries).toHaveLength(1);
  deliveries[0]?.acknowledge();
  expect(deliveries.map(({ command }) => command.eventId)).toEqual(['of the first session', 'of the second session']);
});
