import { expect, it } from 'vitest';
import { describeOn, isolated } from '../../support/services/real-services.ts';
import { collect, commands, createBus, idsOf, openChannel } from './support.ts';

/** Large enough for messages of several commands each. */
const MANY = 200;

describeOn('RabbitMQ', 'a delivery from RabbitMQ', () => {
  it('comes as it was published, with the event as it stood', async () => {
    const { bus } = await createBus(await isolated('RabbitMQ'));
    const wanted = [
      ...commands(3),
      { ...commands(1)[0], eventId: '018f3e4c-0000-7000-8000-000000000000', event: null },
    ];
    await bus.publish(wanted as ReturnType<typeof commands>);
    const consumer = await collect(bus);
    await consumer.count(4);
    const byId = (some: readonly object[]) =>
      new Map(some.map((each) => [(each as { eventId: string }).eventId, each]));
    expect(byId(consumer.deliveries.map(({ command }) => command))).toEqual(byId(wanted as object[]));
  });

  it('is one of at most so many in hand, however many commands a message has', async () => {
    const { bus } = await createBus(await isolated('RabbitMQ'));
    const wanted = commands(MANY);
    await bus.publish(wanted);
    const consumer = await collect(bus, { prefetch: 5, acknowledges: false });
    await consumer.count(5);
    for (let settled = 0; settled < MANY; settled++) {
      await consumer.count(Math.min(settled + 5, MANY));
      expect(consumer.deliveries.length - settled).toBeLessThanOrEqual(5);
      consumer.deliveries[settled]?.acknowledge();
    }
    expect(consumer.received()).toEqual(idsOf(wanted));
  });

  it('that is released is handed out again, and its neighbours are not', async () => {
    const url = await isolated('RabbitMQ');
    const { bus } = await createBus(url);
    const wanted = commands(MANY);
    await bus.publish(wanted);
    const consumer = await collect(bus, { acknowledges: false });
    await consumer.count(MANY);
    const released = consumer.deliveries.filter((_, index) => index % 10 === 3);
    for (const delivery of consumer.deliveries)
      if (released.includes(delivery)) delivery.release();
      else delivery.acknowledge();
    await consumer.count(MANY + released.length);
    const again = consumer.deliveries.slice(MANY);
    expect(idsOf(again.map(({ command }) => command))).toEqual(idsOf(released.map(({ command }) => command)));
    for (const delivery of again) delivery.acknowledge();
    await consumer.stop();
    await bus.close();
    expect(await (await openChannel(url)).get('eventops.process')).toBe(false);
  });

  it('that is settled twice counts once', async () => {
    const { bus } = await createBus(await isolated('RabbitMQ'));
    const wanted = commands(3);
    await bus.publish(wanted);
    const consumer = await collect(bus, { prefetch: 1, acknowledges: false });
    await consumer.count(1);
    consumer.deliveries[0]?.acknowledge();
    consumer.deliveries[0]?.release();
    consumer.deliveries[0]?.acknowledge();
    await consumer.count(2);
    expect(consumer.deliveries).toHaveLength(2);
  });

  it('goes elsewhere when its consumer stops before it was handed out', async () => {
    const url = await isolated('RabbitMQ');
    const { bus } = await createBus(url);
    const wanted = commands(MANY);
    await bus.publish(wanted);
    const stopping = await collect(bus, { prefetch: 3, acknowledges: false });
    await stopping.count(3);
    await stopping.stop();
    for (const delivery of stopping.deliveries) delivery.acknowledge();
    const handedOut = stopping.deliveries.length;

    const { bus: elsewhere } = await createBus(url);
    const other = await collect(elsewhere);
    const done = new Set(idsOf(stopping.deliveries.map(({ command }) => command)));
    await other.all(wanted.filter(({ eventId }) => !done.has(eventId)));
    expect(stopping.deliveries).toHaveLength(handedOut);
  });

  it('is shared with other consumers, also when everything was published at once', async () => {
    const url = await isolated('RabbitMQ');
    const { bus } = await createBus(url);
    const { bus: elsewhere } = await createBus(url);
    const [one, other] = [await collect(bus), await collect(elsewhere)];
    const wanted = commands(40);
    await bus.publish(wanted);
    const both = () => [...one.received(), ...other.received()].sort();
    await one.count(1);
    await other.count(1);
    while (both().length < wanted.length)
      await Promise.race([one.count(one.deliveries.length + 1), other.count(other.deliveries.length + 1)]);
    expect(both()).toEqual(idsOf(wanted));
  });

  it('that was acknowledged right before the bus closes does not come again', async () => {
    const url = await isolated('RabbitMQ');
    const { bus } = await createBus(url);
    await bus.publish(commands(MANY));
    const consumer = await collect(bus);
    await consumer.count(MANY);
    await bus.close();
    expect(await (await openChannel(url)).get('eventops.process')).toBe(false);
  });

  it('that is settled after the bus has closed does no harm', async () => {
    const url = await isolated('RabbitMQ');
    const { bus } = await createBus(url);
    await bus.publish(commands(2));
    const consumer = await collect(bus, { acknowledges: false });
    await consumer.count(2);
    const closed = bus.close();
    consumer.deliveries[0]?.acknowledge();
    await closed;
    consumer.deliveries[1]?.release();
    const { bus: elsewhere } = await createBus(url);
    await (await collect(elsewhere)).count(1);
  });
});
