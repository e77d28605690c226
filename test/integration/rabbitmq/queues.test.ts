import { expect, it } from 'vitest';
import { CommandBusUnavailable } from '../../../src/application/failures.ts';
import { describeOn, isolated } from '../../support/services/real-services.ts';
import {
  collect,
  collectRaw,
  command,
  commands,
  createBus,
  idsOf,
  openChannel,
  publishUntilTaken,
  written,
} from './support.ts';

describeOn('RabbitMQ', 'the queues of RabbitMQ', () => {
  it('are declared at start, by as many processes at once as there are', async () => {
    const url = await isolated('RabbitMQ');
    const buses = await Promise.all([createBus(url), createBus(url), createBus(url)]);
    for (const { bus } of buses) await publishUntilTaken(bus, commands(1));
    const channel = await openChannel(url);
    expect((await channel.checkQueue('eventops.process')).queue).toBe('eventops.process');
    expect((await channel.checkQueue('eventops.poison')).messageCount).toBe(0);
  });

  it('that exist with other arguments are named, with what to do, and used once they are deleted', async () => {
    const url = await isolated('RabbitMQ');
    const channel = await openChannel(url);
    await channel.assertQueue('eventops.process', { durable: true, arguments: { 'x-queue-type': 'classic' } });
    const { bus, logger } = await createBus(url, { publishDeadlineMs: 2_000 });
    expect(bus.unhealthyReason()).toMatch(/queue eventops\.process with other arguments than ours .*; delete it with/);
    await expect(bus.publish([command()])).rejects.toThrow(/eventops\.process with other arguments/);
    expect(logger.lines.filter((line) => line.includes('other arguments'))).toHaveLength(1);

    await channel.deleteQueue('eventops.process');
    await publishUntilTaken(bus, [command()]);
    await expect.poll(() => bus.unhealthyReason()).toBeNull();
  });

  it('that are deleted meanwhile refuse the command, and are declared again for the next', async () => {
    const url = await isolated('RabbitMQ');
    const { bus, logger } = await createBus(url);
    const consumer = await collect(bus);
    await (await openChannel(url)).deleteQueue('eventops.process');
    await logger.says(/lost the queue eventops\.process.*"purpose":"consuming"/);
    const wanted = [command()];
    await publishUntilTaken(bus, wanted);
    await consumer.all(wanted);
  });

  it('refuse a command that no queue takes, instead of confirming it', async () => {
    const url = await isolated('RabbitMQ');
    const { bus } = await createBus(url);
    await bus.publish([command()]);
    await (await openChannel(url)).deleteQueue('eventops.process');
    await expect(bus.publish([command()])).rejects.toThrow(CommandBusUnavailable);
    await expect(publishUntilTaken(bus, [command()])).resolves.toBeUndefined();
  });

  it('keep a message that came back too often, in the queue for poison', async () => {
    const url = await isolated('RabbitMQ');
    const { bus } = await createBus(url);
    await bus.publish([command()]);
    const channel = await openChannel(url);
    let returns = 0;
    for (let got = await channel.get('eventops.process'); got; got = await channel.get('eventops.process')) {
      // Every version of RabbitMQ counts this one.
      channel.reject(got, true);
      expect(++returns).toBeLessThan(30);
    }
    expect(returns).toBeGreaterThan(10);
    const poison = await collectRaw(channel, 'eventops.poison');
    await poison.count(1);
  });
});

describeOn('RabbitMQ', 'a message on RabbitMQ', () => {
  it('that cannot be read goes to the queue for poison, and its neighbours go on', async () => {
    const url = await isolated('RabbitMQ');
    const { bus, logger } = await createBus(url);
    const channel = await openChannel(url);
    const poison = await collectRaw(channel, 'eventops.poison');
    const secret = 'not for any log';
    for (const body of [secret, '{"version":2,"commands":[{}]}', '{"version":1,"commands":[]}'])
      channel.publish('eventops.commands', 'process', Buffer.from(body));
    await channel.waitForConfirms();
    const wanted = commands(3);
    await bus.publish(wanted);
    const consumer = await collect(bus);
    await consumer.all(wanted);
    expect(consumer.received()).toEqual(idsOf(wanted));
    expect(logger.lines.filter((line) => line.startsWith('error'))).toHaveLength(3);
    expect(logger.lines.join()).not.toContain(secret);
    await poison.count(3);
  });

  it('with one unreadable command still has the others handed out', async () => {
    const url = await isolated('RabbitMQ');
    const { bus } = await createBus(url);
    const channel = await openChannel(url);
    const [first, second] = [command(), command()];
    const body = { version: 1, commands: [first, { ...command(), attempt: 0 }, second].map(written) };
    channel.publish('eventops.commands', 'process', Buffer.from(JSON.stringify(body)));
    const consumer = await collect(bus);
    await consumer.all([first, second]);
    expect(consumer.received()).toEqual(idsOf([first, second]));
    const poison = await collectRaw(channel, 'eventops.poison');
    await poison.count(1);
  });
});
