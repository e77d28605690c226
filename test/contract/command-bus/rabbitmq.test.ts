import { createRabbitMqCommandBus } from '../../../src/adapters/rabbitmq/command-bus.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
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
        random: systemRandom,
        logger: silentLogger,
      }),
  });
});
