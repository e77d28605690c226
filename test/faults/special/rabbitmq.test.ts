import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { CommandBusUnavailable } from '../../../src/application/failures.ts';
import { collect, command, commands, createBus, idsOf, publishUntilTaken } from '../../integration/rabbitmq/support.ts';
import { freePort } from '../../support/free-port.ts';
import { createRabbitMq, findRabbitMq, type PrivateRabbitMq } from '../../support/services/rabbitmq.ts';

const found = findRabbitMq();
const title = (text: string) => (found.found ? text : `${text} (skipped: ${found.why})`);

// A server of their own, because they stop it, freeze it and wipe it.
describe.skipIf(!found.found)(title('the command bus, when RabbitMQ'), () => {
  let folder: string;
  let rabbitMq: PrivateRabbitMq;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eventops-rabbitmq-'));
    rabbitMq = createRabbitMq({ folder, binaries: found.found ? found.binaries : '', management: false });
    await rabbitMq.start();
  });
  afterAll(async () => {
    await rabbitMq.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('loses a worker to kill -9, hands out again all that the worker held', async () => {
    const url = await rabbitMq.createVirtualHost('death');
    const { bus } = await createBus(url);
    const wanted = commands(100);
    await bus.publish(wanted);
    const script = join(import.meta.dirname, 'holding-consumer.ts');
    const worker = spawn(process.execPath, [script, url, '10'], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void worker.kill('SIGKILL'));
    const held: string[] = [];
    for await (const eventId of createInterface(worker.stdout)) if (held.push(eventId) === 10) break;
    worker.kill('SIGKILL');
    await once(worker, 'exit');

    const consumer = await collect(bus);
    await consumer.all(wanted);
    expect(consumer.received()).toEqual(expect.arrayContaining(held));
  });

  it('is short of memory, publishes nothing, says so, and goes on consuming', async () => {
    const url = await rabbitMq.createVirtualHost('alarm');
    const { bus } = await createBus(url);
    const { bus: hasty } = await createBus(url, { publishDeadlineMs: 4_000 });
    const wanted = commands(2);
    for (const each of wanted) await bus.publish([each]);
    const consumer = await collect(bus, { prefetch: 1, acknowledges: false });
    await consumer.count(1);

    await rabbitMq.control('set_vm_memory_high_watermark', 'absolute', '1MB');
    const refused = hasty.publish([command()]);
    await expect(refused).rejects.toThrow(CommandBusUnavailable);
    await expect(refused).rejects.toThrow(/takes no publications currently \(low on memory\)/);
    expect(hasty.unhealthyReason()).toMatch(/takes no publications/);
    consumer.deliveries[0]?.acknowledge();
    await consumer.all(wanted);

    await rabbitMq.control('set_vm_memory_high_watermark', '0.4');
    await publishUntilTaken(hasty, [command()]);
    expect(hasty.unhealthyReason()).toBeNull();
  });

  it('freezes, fails within the deadline, notices, and goes on when it thaws', async () => {
    const url = await rabbitMq.createVirtualHost('frost');
    const { bus, logger } = await createBus(`${url}?heartbeat=1`, { publishDeadlineMs: 2_000 });
    const consumer = await collect(bus);
    rabbitMq.freeze();
    onTestFinished(() => rabbitMq.thaw());
    await expect(bus.publish([command()])).rejects.toThrow(/stays silent/);
    await logger.says(/stays silent.*"purpose":"publishing"/);
    await logger.says(/stays silent.*"purpose":"consuming"/);
    rabbitMq.thaw();
    const wanted = commands(3);
    await publishUntilTaken(bus, wanted);
    await consumer.all(wanted);
    await expect.poll(() => bus.unhealthyReason()).toBeNull();
  });

  it('restarts in the middle, loses no command, and needs no hand', async () => {
    const { bus } = await createBus(rabbitMq.url);
    const consumer = await collect(bus, { acknowledges: false });
    const before = commands(50);
    await bus.publish(before);
    await consumer.all(before);
    const stopped = rabbitMq.stop();
    const meanwhile = commands(50);
    const published = meanwhile.map((each) => publishUntilTaken(bus, [each]));
    await stopped;
    const lost = consumer.deliveries.splice(0);
    await rabbitMq.start();
    // Worth nothing any more: the broker took back what these were to acknowledge.
    for (const delivery of lost) delivery.acknowledge();
    await Promise.all(published);
    await consumer.all([...before, ...meanwhile]);
    await expect.poll(() => bus.unhealthyReason()).toBeNull();
  });

  it('is absent at start, says so once, and connects when it is there, even when it has forgotten everything', async () => {
    const { bus: early } = await createBus(rabbitMq.url);
    await early.publish(commands(5));
    await rabbitMq.kill();
    const { bus, logger } = await createBus(rabbitMq.url, { publishDeadlineMs: 1_000 });
    const consumer = await collect(bus);
    expect(bus.unhealthyReason()).toMatch(/cannot be reached; check that it runs and that AMQP_URL names it/);
    await expect(bus.publish([command()])).rejects.toThrow(/cannot be reached/);
    await rabbitMq.wipe();
    await rabbitMq.start();
    await logger.says(/connected to RabbitMQ .*consuming/);
    const wanted = commands(5);
    await publishUntilTaken(early, wanted);
    await consumer.all(wanted);
    expect(consumer.received()).toEqual(idsOf(wanted));
    expect(logger.lines.filter((line) => /cannot be reached.*consuming/.test(line))).toHaveLength(1);
  });

  it('is absent, lets go of publications at once when the bus closes', async () => {
    const { bus } = await createBus(`amqp://127.0.0.1:${await freePort()}`, { publishDeadlineMs: 600_000 });
    const published = bus.publish([command()]);
    await bus.close();
    await expect(published).rejects.toThrow(CommandBusUnavailable);
    await expect(bus.publish([command()])).rejects.toThrow(/is closed/);
  });

  it('refuses us or is not there, names it without the password', async () => {
    const password = 'p%40ss-Geheim';
    const { host } = new URL(rabbitMq.url);
    const closedPort = await freePort();
    const urls = {
      [`amqp://eventops:${password}@${host}/eventops`]: /refuses the user; check user and password in AMQP_URL/,
      [rabbitMq.url.replace(/[^/]+$/, 'nowhere')]: /no such virtual host for this user/,
      [`amqp://eventops:${password}@127.0.0.1:${closedPort}/`]: /amqp:\/\/127\.0\.0\.1:\d+\/ cannot be reached/,
      [`amqp://eventops:${password}@no-such-host.invalid/`]: /cannot be reached/,
      [`amqps://eventops:${password}@${host}/eventops`]: /did not speak AMQP with us; check that port and scheme/,
    };
    for (const [url, says] of Object.entries(urls)) {
      const { bus, logger } = await createBus(url, { publishDeadlineMs: 400 });
      const failure = await bus.publish([command()]).catch((error: unknown) => error);
      expect.soft(bus.unhealthyReason()).toMatch(says);
      expect.soft(failure).toBeInstanceOf(CommandBusUnavailable);
      const told = [inspect(failure, { depth: 9, showHidden: true }), bus.unhealthyReason(), ...logger.lines].join(
        '\n',
      );
      for (const secret of [new URL(url).password, decodeURIComponent(new URL(url).password)])
        expect.soft(told).not.toContain(secret);
    }
  });
});
