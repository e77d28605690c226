import { describe, expect, it } from 'vitest';
import { EmbeddedBus } from '../../../src/adapters/embedded-bus/embedded-bus.ts';
import { CommandBusUnavailable } from '../../../src/application/failures.ts';
import type { CommandDelivery, ProcessEvent } from '../../../src/application/ports/command-bus.ts';
import { posted } from '../../support/worker/posting.ts';

const command = (eventId: string, payload = ''): ProcessEvent => {
  const rest = { generation: 0, attempts: 0, claim: null, nextAttemptAt: null, failure: null, suspicions: [] };
  const state = { status: 'RECEIVED', received: posted(eventId, { payload }), ...rest } as const;
  return {
    eventId,
    generation: 0,
    attempt: 1,
    event: {
      state,
      revision: 0,
      headId: null,
      headHash: '',
      createdAt: null,
      traceparent: null,
      firstTraceparent: null,
    },
  };
};

/** Everything that needs no time has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Publishes, and says of each publication whether the bus holds it yet. */
function publishAll(bus: EmbeddedBus, publications: readonly (readonly ProcessEvent[])[]) {
  const held = publications.map(() => false);
  for (const [index, publication] of publications.entries())
    void bus.publish(publication).then(() => {
      held[index] = true;
    });
  return held;
}

describe('the embedded bus', () => {
  it('lets publishers wait, in turn, while it holds as many commands as it may', async () => {
    const bus = new EmbeddedBus({ maxWaiting: 2 });
    const held = publishAll(bus, [[command('a')], [command('b'), command('c')], [command('d')]]);
    await settled();
    expect(held).toEqual([true, false, false]);
    const deliveries: CommandDelivery[] = [];
    await bus.consume({ prefetch: 1, onCommand: (delivery) => deliveries.push(delivery) });
    await settled();
    expect(held).toEqual([true, true, false]);
    deliveries[0]?.acknowledge();
    await settled();
    expect(held).toEqual([true, true, true]);
  });

  it('hands commands out in the order in which they were published', async () => {
    const bus = new EmbeddedBus({ maxWaiting: 2 });
    publishAll(bus, [['a', 'b', 'c'].map((id) => command(id)), [command('d')]]);
    const ids: string[] = [];
    await bus.consume({
      prefetch: 1,
      onCommand: (delivery) => {
        ids.push(delivery.command.eventId);
        delivery.acknowledge();
      },
    });
    await settled();
    expect(ids).toEqual(['a', 'b', 'c', 'd']);
  });

  it('bounds what it holds also by the size of the payloads, and takes a larger one alone', async () => {
    const bus = new EmbeddedBus({ maxWaitingCharacters: 10 });
    const held = publishAll(bus, [[command('large', 'x'.repeat(50))], [command('small', 'x')]]);
    await settled();
    expect(held).toEqual([true, false]);
    await bus.consume({ prefetch: 1, onCommand: () => {} });
    await settled();
    expect(held).toEqual([true, true]);
  });

  it('takes a released command back when it is full, so that no consumer waits for a publisher', async () => {
    const bus = new EmbeddedBus({ maxWaiting: 1 });
    const ids: string[] = [];
    const held = publishAll(bus, [[command('a')], [command('b')], [command('c')]]);
    await bus.consume({
      prefetch: 1,
      onCommand: (delivery) => {
        ids.push(delivery.command.eventId);
        if (ids.length === 1) delivery.release();
        else delivery.acknowledge();
      },
    });
    await settled();
    expect(ids.toSorted()).toEqual(['a', 'a', 'b', 'c']);
    expect(held).toEqual([true, true, true]);
  });

  it('lets waiting publishers go when it is closed', async () => {
    const bus = new EmbeddedBus({ maxWaiting: 1 });
    await bus.publish([command('a')]);
    const waiting = bus.publish([command('b')]);
    await bus.close();
    await expect(waiting).rejects.toThrow(CommandBusUnavailable);
  });
});
