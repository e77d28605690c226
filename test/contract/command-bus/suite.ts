import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIRST_PREV_HASH } from '../../../src/application/envelope.ts';
import { CommandBusUnavailable } from '../../../src/application/failures.ts';
import type { CommandBus, CommandDelivery, ProcessEvent } from '../../../src/application/ports/command-bus.ts';
import { posted } from '../../support/worker/posting.ts';

/** What a bus has to bring along to be held to its port. */
export interface CommandBusHarness {
  readonly name: string;
  /** A bus in which nothing waits. Called for each test; the suite closes what it gets. */
  open(): Promise<CommandBus>;
}

const command = (eventId: string, given: Partial<ProcessEvent> = {}): ProcessEvent => ({
  eventId,
  generation: 0,
  attempt: 1,
  event: null,
  ...given,
});
const commands = (count: number, prefix = 'event') =>
  Array.from({ length: count }, (_, index) => command(`${prefix}-${index}`));

const acknowledge = (delivery: CommandDelivery) => delivery.acknowledge();

/** Keeps what it is handed, and lets a test wait for it. */
async function createConsumer(bus: CommandBus, prefetch: number, act: (delivery: CommandDelivery) => void = () => {}) {
  const deliveries: CommandDelivery[] = [];
  let arrival = Promise.withResolvers<void>();
  const consumption = await bus.consume({
    prefetch,
    onCommand: (delivery) => {
      deliveries.push(delivery);
      act(delivery);
      arrival.resolve();
      arrival = Promise.withResolvers<void>();
    },
  });
  return {
    deliveries,
    stop: () => consumption.stop(),
    ids: () => deliveries.map((delivery) => delivery.command.eventId),
    arrival: () => arrival.promise,
    /** The delivery that comes as number `count`, from 1. */
    async delivery(count: number): Promise<CommandDelivery> {
      while (deliveries.length < count) await arrival.promise;
      return deliveries[count - 1] as CommandDelivery;
    },
  };
}

/**
 * The clauses of the port. That something does not happen is shown by something else that happens only after it would
 * have: no test waits for time to pass.
 */
export function commandBusContract({ name, open }: CommandBusHarness): void {
  describe(`the bus (${name})`, () => {
    let bus: CommandBus;
    beforeEach(async () => {
      bus = await open();
    });
    afterEach(() => bus.close());

    it('hands out each command as it was published', async () => {
      const received = posted('k', { payload: '{"n":12345678901234567890,"text":"ä\\u0000\\ud83d\\ude00"}' });
      const rest = { generation: 3, attempts: 0, claim: null, nextAttemptAt: null, failure: null, suspicions: [] };
      const state = { status: 'RECEIVED', received, ...rest } as const;
      const event = {
        state,
        revision: 0,
        headId: 'id',
        headHash: FIRST_PREV_HASH,
        createdAt: null,
        traceparent: null,
        firstTraceparent: null,
      };
      const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
      const carrying = command('carrying', { generation: 3, event, traceparent });
      const later = command('later', { attempt: 2, dueAt: '2030-01-01T00:00:00.000Z' });
      await bus.publish([carrying, command('plain'), later]);
      const consumer = await createConsumer(bus, 10, acknowledge);
      await consumer.delivery(3);
      const handedOut = new Map(consumer.deliveries.map((each) => [each.command.eventId, each.command]));
      expect(handedOut.get('carrying')).toEqual(carrying);
      expect(handedOut.get('plain')).toEqual(command('plain'));
      expect(handedOut.get('later')).toEqual(later);
    });

    it('says how much waits for a consumer, and whether there is one', async () => {
      expect(await bus.backlog()).toEqual({ waiting: 0, consumers: 0 });
      for (let index = 0; index < 3; index++) await bus.publish([command(`event-${index}`)]);
      await expect.poll(() => bus.backlog()).toEqual({ waiting: 3, consumers: 0 });
      const consumer = await createConsumer(bus, 2);
      await consumer.delivery(2);
      await expect.poll(() => bus.backlog()).toEqual({ waiting: 1, consumers: 1 });
      for (const delivery of consumer.deliveries) delivery.acknowledge();
      (await consumer.delivery(3)).acknowledge();
      await consumer.stop();
      await expect.poll(() => bus.backlog()).toEqual({ waiting: 0, consumers: 0 });
    });

    it('keeps commands until somebody consumes', async () => {
      await bus.publish(commands(50));
      const consumer = await createConsumer(bus, 100, acknowledge);
      await consumer.delivery(50);
    });

    it('takes an empty publication', async () => {
      await bus.publish([]);
    });

    it('leaves out nothing that was published twice', async () => {
      const consumer = await createConsumer(bus, 10, acknowledge);
      await bus.publish([command('twice'), command('twice')]);
      await consumer.delivery(2);
      expect(consumer.ids()).toEqual(['twice', 'twice']);
    });

    it('hands out no more than the prefetch before something is acknowledged', async () => {
      const full = await createConsumer(bus, 2);
      await bus.publish(commands(4));
      await full.delivery(2);
      // Another one gets what the first may not have.
      const other = await createConsumer(bus, 10, acknowledge);
      await other.delivery(2);
      expect(full.deliveries).toHaveLength(2);
    });

    it('hands out the next command when one is acknowledged', async () => {
      const consumer = await createConsumer(bus, 1);
      await bus.publish(commands(3));
      for (let count = 1; count <= 3; count++) (await consumer.delivery(count)).acknowledge();
      expect(consumer.ids().sort()).toEqual(['event-0', 'event-1', 'event-2']);
    });

    it('hands out a released command again', async () => {
      const consumer = await createConsumer(bus, 1);
      await bus.publish([command('again')]);
      (await consumer.delivery(1)).release();
      (await consumer.delivery(2)).acknowledge();
      expect(consumer.ids()).toEqual(['again', 'again']);
    });

    it('hands out to another what one that has stopped releases', async () => {
      const stopped = await createConsumer(bus, 1);
      await bus.publish([command('given back')]);
      const delivery = await stopped.delivery(1);
      await stopped.stop();
      const other = await createConsumer(bus, 1, acknowledge);
      delivery.release();
      await other.delivery(1);
      expect(other.ids()).toEqual(['given back']);
    });

    it('takes the first word on a command', async () => {
      const consumer = await createConsumer(bus, 1);
      await bus.publish([command('once')]);
      const delivery = await consumer.delivery(1);
      delivery.acknowledge();
      delivery.release();
      await bus.publish([command('next')]);
      (await consumer.delivery(2)).acknowledge();
      expect(consumer.ids()).toEqual(['once', 'next']);
    });

    it('gives each command to one consumer only', async () => {
      const first = await createConsumer(bus, 5, acknowledge);
      const second = await createConsumer(bus, 5, acknowledge);
      await bus.publish(commands(200));
      const ids = () => [...first.ids(), ...second.ids()];
      while (ids().length < 200) await Promise.race([first.arrival(), second.arrival()]);
      expect(new Set(ids()).size).toBe(200);
    });

    it('hands nothing to a consumer that has stopped, which may still acknowledge what it has', async () => {
      const stopped = await createConsumer(bus, 10);
      await bus.publish([command('in hand')]);
      const delivery = await stopped.delivery(1);
      await stopped.stop();
      await bus.publish([command('later')]);
      delivery.acknowledge();
      const other = await createConsumer(bus, 10, acknowledge);
      await other.delivery(1);
      expect([stopped.ids(), other.ids()]).toEqual([['in hand'], ['later']]);
    });

    it('hands out everything, also when much is released', async () => {
      let turn = 0;
      const consumer = await createConsumer(bus, 7, (delivery) =>
        turn++ % 3 === 0 ? delivery.release() : delivery.acknowledge(),
      );
      await Promise.all(['a', 'b', 'c', 'd'].map((prefix) => bus.publish(commands(250, prefix))));
      while (new Set(consumer.ids()).size < 1_000) await consumer.arrival();
    });

    it('refuses to publish once it is closed', async () => {
      await bus.close();
      await expect(bus.publish([command('late')])).rejects.toThrow(CommandBusUnavailable);
    });

    it('may be closed twice', async () => {
      await bus.close();
      await bus.close();
    });
  });
}
