import { Connection } from 'rabbitmq-client';
import { expect, it, onTestFinished } from 'vitest';
import { messageId } from '../../../src/application/ports/command-bus.ts';
import { describeOn, isolated } from '../../support/services/real-services.ts';
import { command, commands, createBus, written } from './support.ts';

describeOn('RabbitMQ', 'what another AMQP client sees on RabbitMQ', () => {
  const open = (url: string) => {
    const client = new Connection(url);
    onTestFinished(() => client.close());
    return client;
  };

  it('is a persistent JSON message with the id of its command', async () => {
    const url = await isolated('RabbitMQ');
    const { bus } = await createBus(url);
    const wanted = command();
    await bus.publish([wanted]);
    const message = await open(url).basicGet('eventops.process');
    expect(message).toMatchObject({
      exchange: 'eventops.commands',
      routingKey: 'process',
      durable: true,
      messageId: messageId(wanted),
      type: 'ProcessEvent',
      contentType: 'application/json',
      headers: { commands: 1 },
      redelivered: false,
      body: { version: 1, commands: [written(wanted)] },
    });
  });

  it('is a message for several commands in a large publication', async () => {
    const url = await isolated('RabbitMQ');
    const { bus } = await createBus(url);
    const wanted = commands(160);
    await bus.publish(wanted);
    const message = await open(url).basicGet('eventops.process');
    expect(message).toMatchObject({
      messageId: messageId(wanted[0] ?? command()),
      headers: { commands: 16 },
      body: { version: 1, commands: wanted.slice(0, 16).map(written) },
    });
  });

  it('is a quorum queue with a limit of deliveries and a place for what is beyond it', async () => {
    const url = await isolated('RabbitMQ');
    await createBus(url);
    const declared = open(url).queueDeclare({
      queue: 'eventops.process',
      durable: true,
      arguments: {
        'x-queue-type': 'quorum',
        'x-delivery-limit': 20,
        'x-dead-letter-exchange': 'eventops.commands',
        'x-dead-letter-routing-key': 'poison',
      },
    });
    await expect(declared).resolves.toMatchObject({ queue: 'eventops.process' });
  });

  it('may itself be a publisher, as long as it keeps to the form', async () => {
    const url = await isolated('RabbitMQ');
    const { bus } = await createBus(url);
    const wanted = command();
    const publisher = open(url).createPublisher({ confirm: true });
    await publisher.send(
      { exchange: 'eventops.commands', routingKey: 'process' },
      { version: 1, commands: [written(wanted)] },
    );
    const received = await new Promise((resolve) => {
      void bus.consume({ prefetch: 1, onCommand: (delivery) => resolve(delivery.command) });
    });
    expect(received).toEqual(wanted);
    await publisher.close();
  });
});
