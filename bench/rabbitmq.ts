// What one command costs on RabbitMQ, published, confirmed, consumed and acknowledged, by how many travel in a message.
// `node bench/rabbitmq.ts`; starts a broker of its own from local binaries, and shares the machine with it.
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRabbitMqCommandBus } from '../src/adapters/rabbitmq/command-bus.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import { systemRandom } from '../src/adapters/system/random.ts';
import { createLogger } from '../src/adapters/telemetry/logger.ts';
import type { ProcessEvent } from '../src/application/ports/command-bus.ts';
import { createRabbitMq, findRabbitMq } from '../test/support/services/rabbitmq.ts';

const COMMANDS = 40_000;
const COMMANDS_PER_CALL = 500;
const CALLS_IN_FLIGHT = 2;
const PREFETCH = 256;
const CLOCK_TICKS_PER_SECOND = 100;

const command = (): ProcessEvent => ({
  eventId: randomUUID(),
  generation: 0,
  attempt: 1,
  event: {
    state: {
      status: 'RECEIVED',
      received: {
        type: 'bench.event',
        source: 'bench',
        payload: JSON.stringify({ note: 'x'.repeat(488) }),
        contentType: 'application/json',
        idempotencyKey: randomUUID(),
        requestFingerprint: 'f'.repeat(64),
        clientId: 'bench',
        orderingKey: null,
        cloudEvent: null,
      },
      generation: 0,
      attempts: 0,
      claim: null,
      nextAttemptAt: null,
      failure: null,
      suspicions: [],
    },
    revision: 0,
    headId: randomUUID(),
    headHash: 'h'.repeat(64),
    traceparent: null,
    firstTraceparent: null,
    createdAt: new Date().toISOString(),
  },
});

const cpuSeconds = async (pid: number) => {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
};

async function measure(url: string, brokerPid: number, maxCommandsPerMessage: number): Promise<string> {
  const logger = createLogger({ level: 'warn', destination: process.stderr });
  const bus = await createRabbitMqCommandBus({
    ...{ url, clock: systemClock, random: systemRandom, logger },
    maxCommandsPerMessage,
  });
  const done = Promise.withResolvers<void>();
  let count = 0;
  const onCommand = (delivery: { acknowledge(): void }) => {
    delivery.acknowledge();
    if (++count === COMMANDS) done.resolve();
  };
  const consumption = await bus.consume({ prefetch: PREFETCH, onCommand });
  const calls = Array.from({ length: COMMANDS / COMMANDS_PER_CALL }, () =>
    Array.from({ length: COMMANDS_PER_CALL }, command),
  );
  const [startedAt, brokerBefore, ownBefore] = [performance.now(), await cpuSeconds(brokerPid), process.cpuUsage()];
  const publishing = Array.from({ length: CALLS_IN_FLIGHT }, async () => {
    for (let call = calls.pop(); call; call = calls.pop()) await bus.publish(call);
  });
  await Promise.all([...publishing, done.promise]);
  const seconds = (performance.now() - startedAt) / 1_000;
  const own = process.cpuUsage(ownBefore);
  const broker = (await cpuSeconds(brokerPid)) - brokerBefore;
  await consumption.stop();
  await bus.close();
  const microseconds = (total: number) => `${((total / COMMANDS) * 1e6).toFixed(1)} µs`.padStart(9);
  return [
    `${maxCommandsPerMessage}`.padStart(4),
    `${Math.round(COMMANDS / seconds).toLocaleString('en')}/s`.padStart(11),
    `CPU per command: ours ${microseconds((own.user + own.system) / 1e6)}, broker ${microseconds(broker)}`,
  ].join('  ');
}

const found = findRabbitMq();
if (!found.found) throw new Error(found.why);
const folder = await mkdtemp(join(tmpdir(), 'eventops-bench-'));
const rabbitMq = createRabbitMq({ folder, binaries: found.binaries, management: false });
await rabbitMq.start();
process.stdout.write(
  `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}; commands in a message:\n`,
);
await measure(rabbitMq.url, rabbitMq.pid(), 16);
for (const maxCommandsPerMessage of [1, 4, 8, 16, 32, 100])
  process.stdout.write(`${await measure(rabbitMq.url, rabbitMq.pid(), maxCommandsPerMessage)}\n`);
await rabbitMq.stop();
await rm(folder, { recursive: true });
