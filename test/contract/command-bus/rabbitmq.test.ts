import { createRabbitMqCommandBus } from '../../../src/adapters/rabbitmq/command-bus.ts';
import { systemChance } from '../../../src/adapters/system/chance.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { describeOn, isolated } from '../../support/services/real-services.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';
import { commandBusContract } from './suite.ts';

describeOn('RabbitMQ', 'RabbitMQ', () => {
  commandBusContract({
    name: 'RabbitMQ',
    open: async () =>
      createRabbitMqCommandBus({
        url: await isolated('RabbitMQ'),
        clock: systemClock,
        chance: systemChance,
        logger: silentLogger,
      }),
  });
});
