import { describe, expect, it } from 'vitest';
import { createPayloadsInHand } from '../../../src/worker/payloads-in-hand.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

function setUp(payloadCharactersInHand: number, eventsBeingRead = 100) {
  const letGo = new AbortController();
  const payloads = createPayloadsInHand(letGo.signal, { payloadCharactersInHand, eventsBeingRead });
  let [inHand, most, taken] = [0, 0, 0];
  /** Takes an event of so many characters. */
  const take = async (length: number) => {
    const { giveBack } = await payloads.take(() => length, Number);
    inHand += length;
    most = Math.max(most, inHand);
    taken++;
    return () => {
      inHand -= length;
      giveBack();
    };
  };
  return { take, letGo, payloads, most: () => most, taken: () => taken };
}

describe('payloads in hand', () => {
  it.each([1, 2, 3, 10])('are at most %i characters, and every event has its turn', async (bound) => {
    const { take, most, taken } = setUp(bound, 2);
    const all = Array.from({ length: 50 }, async (_, index) => {
      const giveBack = await take((index % bound) + 1);
      await settled();
      giveBack();
    });
    await Promise.all(all);
    expect(most()).toBeLessThanOrEqual(bound);
    expect(taken()).toBe(50);
  });

  it('are one that is larger than all the room, alone', async () => {
    const { take, most } = setUp(1);
    const giveBack = await take(1_000);
    const second = take(1_000);
    await settled();
    expect(most()).toBe(1_000);
    giveBack();
    await second;
    expect(most()).toBe(1_000);
  });

  it.each([1, 2, 3])('are read %i at a time', async (eventsBeingRead) => {
    const { payloads } = setUp(1_000, eventsBeingRead);
    let [reading, most] = [0, 0];
    const read = async () => {
      most = Math.max(most, ++reading);
      await settled();
      reading--;
      return 1;
    };
    await Promise.all(Array.from({ length: 20 }, () => payloads.take(read, Number)));
    expect(most).toBe(eventsBeingRead);
  });

  it('are waited for no longer when the worker lets go', async () => {
    const { take, letGo } = setUp(1);
    await take(1);
    const waiting = take(1);
    letGo.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'command-bus-unavailable' });
  });

  it('leave their room to others when reading fails', async () => {
    const { payloads, take } = setUp(1, 1);
    await expect(payloads.take(() => Promise.reject(new Error('away')), Number)).rejects.toThrow('away');
    await take(1);
  });
});
