import { describe, expect, it } from 'vitest';
import type { CommandDelivery, ProcessEvent } from '../../src/application/ports/command-bus.ts';
import { SimulatedBroker } from '../support/simulation/broker.ts';
import { Life } from '../support/simulation/life.ts';
import { createSimulatedTime } from '../support/simulation/time.ts';
import { createSeededRandom } from '../support/worker/seeded-random.ts';

const command = (eventId: string): ProcessEvent => ({ eventId, generation: 0, attempt: 1, event: null });

function createConsumer(prefetch: number) {
  const broker = new SimulatedBroker(createSeededRandom(1), [], { isPeace: () => true, noted: () => {} });
  const life = new Life('worker-0', createSimulatedTime(), createSeededRandom(2));
  const deliveries: CommandDelivery[] = [];
  broker.consume(life, { prefetch, onCommand: (delivery) => deliveries.push(delivery) });
  return { broker, life, deliveries };
}

describe('the simulated broker', () => {
  it.each([
    ['was wiped', ({ broker }: ReturnType<typeof createConsumer>) => broker.wipe()],
    ['lost its connection', ({ broker, life }: ReturnType<typeof createConsumer>) => broker.loseConnection(life)],
  ])('that %s counts what a worker still holds, as the consumer of RabbitMQ does', (_, happen) => {
    const consumer = createConsumer(1);
    const { broker, deliveries } = consumer;
    broker.publish([command('held')]);
    happen(consumer);
    broker.publish([command('next')]);
    expect(deliveries).toHaveLength(1);
    deliveries[0]?.acknowledge();
    expect(deliveries).toHaveLength(2);
  });
});
