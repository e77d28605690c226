import { describe, expect, it } from 'vitest';
import { eventIdOf } from '../../../src/application/event-identity.ts';
import { createUseCases } from '../../../src/application/use-cases.ts';
import { createInMemoryLog } from '../../support/in-memory-log.ts';
import { byClient, posted } from '../../support/worker/posting.ts';
import { createSeededRandom } from '../../support/worker/seeded-random.ts';
import { createVirtualClock } from '../../support/worker/virtual-clock.ts';

function receiving() {
  const log = createInMemoryLog();
  const useCases = createUseCases({ log, clock: createVirtualClock(), random: createSeededRandom(1) });
  return { log, receive: useCases.receiveEvent };
}

const plain = { ...posted(''), idempotencyKey: null };
const cloudEvent = { ...plain, cloudEvent: { specversion: '1.0', id: 'A-1' } };

describe('an event that is received', () => {
  it('under the key that its client chose is one event, however often it is sent', async () => {
    const { log, receive } = receiving();
    for (const sent of [posted('k'), posted('k')])
      expect(await receive(sent, byClient)).toMatchObject({ ok: true, id: eventIdOf('client', 'k') });
    expect(log.all).toHaveLength(1);
  });

  it('without a key is an event of its own, under a key of its own', async () => {
    const { log, receive } = receiving();
    const first = await receive(plain, byClient);
    const second = await receive(plain, byClient);
    const keys = [first, second].map(({ current }) => current.state?.received.idempotencyKey);
    expect(new Set(keys).size).toBe(2);
    expect([first.id, second.id]).toEqual(keys.map((key = '') => eventIdOf('client', key)));
    expect(log.all).toHaveLength(2);
  });

  it('as a CloudEvent without a key is known by its source and id, and by its key otherwise', async () => {
    const { receive } = receiving();
    const named = await receive(cloudEvent, byClient);
    expect(named.id).toBe(eventIdOf('client', 'shop A-1'));
    expect(await receive(cloudEvent, byClient)).toMatchObject({ ok: true, changed: false, id: named.id });
    const keyed = await receive({ ...cloudEvent, idempotencyKey: 'k' }, byClient);
    expect(keyed).toMatchObject({ ok: true, changed: true, id: eventIdOf('client', 'k') });
  });
});
