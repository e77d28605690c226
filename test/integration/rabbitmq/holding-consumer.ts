// A worker that takes commands and never settles them, to be killed: `node holding-consumer.ts <URL> <prefetch>`.
import { createRabbitMqCommandBus } from '../../../src/adapters/rabbitmq/command-bus.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import { createLogger } from '../../../src/adapters/telemetry/logger.ts';

const [url = '', prefetch] = process.argv.slice(2);
const logger = createLogger({ level: 'warn', destination: process.stderr });
const bus = await createRabbitMqCommandBus({ url, clock: systemClock, random: systemRandom, logger });
await bus.consume({
  prefetch: Number(prefetch),
  onCommand: ({ command }) => process.stdout.write(`${command.eventId}\n`),
});
