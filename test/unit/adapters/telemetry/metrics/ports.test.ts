import { describe, expect, it } from 'vitest';
import { EmbeddedBus } from '../../../../../src/adapters/embedded-bus/embedded-bus.ts';
import { CommandBusUnavailable } from '../../../../../src/application/failures.ts';
import type { CommandDelivery, ProcessEvent } from '../../../../../src/application/ports/command-bus.ts';
import type { AppendOutcome } from '../../../../../src/application/ports/event-log.ts';
import type { Lease, Leases } from '../../../../../src/application/ports/leases.ts';
import { createInMemoryLog } from '../../../../support/in-memory-log.ts';
import { sumOf, valuesOf } from '../../../../support/metrics/exposition.ts';
import { metricsUnderTest } from '../../../../support/metrics/metrics-under-test.ts';

const command = (eventId: string): ProcessEvent => ({ eventId, generation: 0, attempt: 1, event: null });

describe('appends', () => {
  it('are measured by how they end, each of a group', async () => {
    const { metrics, clock, samples } = metricsUnderTest();
    const outcomes: AppendOutcome[] = [
      { kind: 'conflict', actualRevision: 'no-stream' },
      { kind: 'unknown', message: 'lost' },
      { kind: 'refused', refusal: { code: 'unavailable', message: 'full' } },
    ];
    const log = metrics.measuredLog({
      ...createInMemoryLog(),
      append: async () => {
        clock.advance(250);
        return outcomes[0] as AppendOutcome;
      },
      appendMany: async () => outcomes,
      session: () => 3,
    });
    const request = { stream: 's', expectedRevision: 'no-stream', transitions: [] } as const;
    await log.append(request);
    expect(await log.appendMany([request, request, request])).toBe(outcomes);
    const counts = valuesOf(await samples(), 'eventops_append_duration_seconds_count', 'outcome');
    expect(counts).toEqual({ conflict: 2, unknown: 1, unavailable: 1 });
    expect(sumOf(await samples(), 'eventops_append_duration_seconds_sum', { outcome: 'conflict' })).toBe(0.25);
    expect(sumOf(await samples(), 'eventops_log_connections_lost_total')).toBe(3);
  });
});

describe('commands', () => {
  it('are counted when published and confirmed, taken and given back', async () => {
    const { metrics, samples } = metricsUnderTest();
    const bus = metrics.measuredBus(new EmbeddedBus(), null);
    const deliveries: CommandDelivery[] = [];
    await bus.publish([command('a'), command('b'), command('c')]);
    const consumption = await bus.consume({ prefetch: 3, onCommand: (delivery) => void deliveries.push(delivery) });
    await new Promise((resolve) => setImmediate(resolve));
    await consumption.stop();
    deliveries[0]?.acknowledge();
    deliveries[0]?.acknowledge();
    deliveries[1]?.release();
    deliveries[1]?.release();
    const found = await samples();
    const totals = ['published', 'confirmed', 'unconfirmed', 'received', 'released', 'returned'].map((what) =>
      sumOf(found, `eventops_commands_${what}_total`),
    );
    expect(totals).toEqual([3, 3, 0, 3, 1, 0]);
    expect(sumOf(found, 'eventops_commands_in_hand')).toBe(1);
  });

  it('that the bus does not confirm are counted as that, and what failed is thrown', async () => {
    const { metrics, samples } = metricsUnderTest();
    const inner = new EmbeddedBus();
    const broker = { isBlocked: () => true, returnedCommands: () => 16 };
    const bus = metrics.measuredBus(inner, broker);
    await inner.close();
    await expect(bus.publish([command('a')])).rejects.toThrow(CommandBusUnavailable);
    const found = await samples();
    expect(sumOf(found, 'eventops_commands_unconfirmed_total')).toBe(1);
    expect(sumOf(found, 'eventops_commands_confirmed_total')).toBe(0);
    expect(sumOf(found, 'eventops_commands_returned_total')).toBe(16);
    expect(sumOf(found, 'eventops_broker_blocked')).toBe(1);
  });

  it('that wait are shown while the bus can be asked, and are absent when it cannot', async () => {
    const { metrics, clock, samples } = metricsUnderTest();
    let isThere = true;
    metrics.showBacklog(async () => {
      if (!isThere) throw new CommandBusUnavailable('no connection');
      return { waiting: 7, consumers: 2 };
    });
    expect(sumOf(await samples(), 'eventops_commands_waiting')).toBe(7);
    expect(sumOf(await samples(), 'eventops_command_consumers')).toBe(2);
    isThere = false;
    clock.advance(5_000);
    expect((await samples()).map(({ name }) => name)).not.toContain('eventops_commands_waiting');
  });
});

describe('leases', () => {
  it('show who holds them and how often that changed', async () => {
    const { metrics, samples } = metricsUnderTest();
    let isFree = true;
    let isOurs = true;
    const store: Leases = {
      acquire: async (name, owner) => (isFree ? { name, owner, epoch: 1n } : null),
      renew: async () => isOurs,
      release: async () => {},
    };
    const leases = metrics.countedLeases(store);
    const shown = async () => {
      const found = await samples();
      return [sumOf(found, 'eventops_lease_owner'), sumOf(found, 'eventops_lease_changes_total')];
    };
    const lease = (await leases.acquire('dispatcher', 'us')) as Lease;
    expect(await shown()).toEqual([1, 1]);
    await leases.renew(lease);
    expect(await shown()).toEqual([1, 1]);
    isOurs = false;
    await leases.renew(lease);
    expect(await shown()).toEqual([0, 1]);
    await leases.acquire('dispatcher', 'us');
    await leases.release(lease);
    isFree = false;
    await leases.acquire('dispatcher', 'us');
    expect(await shown()).toEqual([0, 2]);
  });
});
