import { Counter, Gauge, type Registry } from 'prom-client';
import type { Backlog, CommandBus, CommandDelivery } from '../../../application/ports/command-bus.ts';
import type { Reading } from './shared-reading.ts';

/** What a broker says beside the port. */
export interface BrokerNews {
  /** Whether it takes no publications currently. */
  isBlocked(): boolean;
  /** Commands that it returned, because no queue took them. */
  returnedCommands(): number;
}

/** The bus as it is, with what is published to it and taken from it counted. */
export function measuredBus(bus: CommandBus, broker: BrokerNews | null, registry: Registry): CommandBus {
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const published = counter(
    'eventops_commands_published_total',
    'Commands that were handed to the bus, those published again included.',
  );
  const confirmed = counter('eventops_commands_confirmed_total', 'Commands that the bus has confirmed.');
  const unconfirmed = counter(
    'eventops_commands_unconfirmed_total',
    'Commands whose publication failed; they are published again.',
  );
  const received = counter('eventops_commands_received_total', 'Commands that the bus handed to this process.');
  const released = counter('eventops_commands_released_total', 'Commands that were given back to the bus.');
  const unacknowledged = new Gauge({
    name: 'eventops_commands_in_hand',
    help: 'Commands that this process has received and not acknowledged.',
    registers,
  });
  exposeBroker(broker, registry);

  const taken = ({ command, acknowledge, release }: CommandDelivery): CommandDelivery => {
    let isSettled = false;
    const settle = () => {
      if (isSettled) return false;
      isSettled = true;
      unacknowledged.dec();
      return true;
    };
    received.inc();
    unacknowledged.inc();
    return {
      command,
      acknowledge: () => {
        settle();
        acknowledge();
      },
      release: () => {
        if (settle()) released.inc();
        release();
      },
    };
  };
  return {
    forgetsOnRestart: bus.forgetsOnRestart,
    publish: async (commands) => {
      published.inc(commands.length);
      try {
        await bus.publish(commands);
        confirmed.inc(commands.length);
      } catch (error) {
        unconfirmed.inc(commands.length);
        throw error;
      }
    },
    consume: ({ prefetch, onCommand }) =>
      bus.consume({ prefetch, onCommand: (delivery) => onCommand(taken(delivery)) }),
    backlog: () => bus.backlog(),
    close: () => bus.close(),
  };
}

/** Of a bus within the process, neither ever happens. */
function exposeBroker(broker: BrokerNews | null, registry: Registry): void {
  const registers = [registry];
  new Counter({
    name: 'eventops_commands_returned_total',
    help: 'Commands that the broker returned because no queue took them; they are published again.',
    registers,
    collect() {
      this.reset();
      this.inc(broker?.returnedCommands() ?? 0);
    },
  });
  new Gauge({
    name: 'eventops_broker_blocked',
    help: 'Whether the broker takes no publications currently: 1 or 0.',
    registers,
    collect() {
      this.set(broker?.isBlocked() === true ? 1 : 0);
    },
  });
}

/** Absent while the bus cannot be asked. */
export function exposeBacklog(reading: Reading<Backlog>, registry: Registry): void {
  const registers = [registry];
  new Gauge({
    name: 'eventops_commands_waiting',
    help: 'What waits in the queue for a worker: commands, or with RabbitMQ messages of up to 16 commands.',
    registers,
    async collect() {
      const backlog = await reading();
      if (backlog === null) this.remove();
      else this.set(backlog.waiting);
    },
  });
  new Gauge({
    name: 'eventops_command_consumers',
    help: 'Workers that take commands from the queue, in all processes.',
    registers,
    async collect() {
      const backlog = await reading();
      if (backlog === null) this.remove();
      else this.set(backlog.consumers);
    },
  });
}
