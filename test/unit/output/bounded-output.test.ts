import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createOutput, type OutputLimits } from '../../../src/adapters/output/bounded-output.ts';
import type { Descriptor } from '../../../src/adapters/output/descriptor.ts';

const failure = (code: string) => Object.assign(new Error(code), { code });

/** A destination that takes `room` bytes and then fails as told, until there is room again. */
function destination({ code = 'EAGAIN', room = 0, later = false }) {
  const place = { text: '', room, attempts: 0 };
  const writeNow = (bytes: Uint8Array) => {
    place.attempts++;
    if (place.room === 0) throw failure(code);
    const taken = Math.min(place.room, bytes.length);
    place.room -= taken;
    place.text += Buffer.from(bytes.subarray(0, taken)).toString('latin1');
    return taken;
  };
  const descriptor: Descriptor = { writeNow, write: later ? async (bytes) => writeNow(bytes) : writeNow };
  return { place, descriptor };
}

const describeLoss = (count: number) => `<${count} missing>`;
const quick = { firstRetryMs: 1, lastRetryMs: 1, exitMs: 1 } satisfies Partial<OutputLimits>;

describe('an output', () => {
  it.each(['EAGAIN', 'ENOSPC', 'EIO', 'EPIPE', 'EFBIG'])(
    'neither fails nor waits when its destination says %s',
    async (code) => {
      const { place, descriptor } = destination({ code });
      const output = createOutput({ descriptor, describeLoss, limits: quick });
      output.write('a');
      output.write(Buffer.from('b'));
      expect(place).toMatchObject({ text: '', attempts: 1 });
      place.room = 100;
      await vi.waitUntil(() => place.text === 'ab', { interval: 1, timeout: 9_000 });
      expect(output.dropped()).toBe(0);
    },
  );

  it.each([1, 2, 3])(
    'keeps %i bytes while nothing is taken, and says what is missing where it is missing',
    async (queuedBytes) => {
      const { place, descriptor } = destination({});
      const output = createOutput({ descriptor, describeLoss, limits: { ...quick, queuedBytes, chunkBytes: 1 } });
      for (const letter of 'abcdefgh') output.write(letter);
      expect(output.dropped()).toBe(8 - queuedBytes);
      place.room = 1_000;
      const kept = 'abcdefgh'.slice(0, queuedBytes);
      await vi.waitUntil(() => place.text === `${kept}<${8 - queuedBytes} missing>`, { interval: 1, timeout: 9_000 });
      output.write('z');
      expect(place.text).toBe(`${kept}<${8 - queuedBytes} missing>z`);
    },
  );

  it('keeps one text that is larger than all that it may keep, and ends it whole', async () => {
    const { place, descriptor } = destination({ room: 1 });
    const output = createOutput({ descriptor, describeLoss, limits: { ...quick, queuedBytes: 2 } });
    output.write('larger');
    output.write('b');
    expect([place.text, output.dropped()]).toEqual(['l', 1]);
    place.room = 100;
    await vi.waitUntil(() => place.text === 'larger<1 missing>', { interval: 1, timeout: 9_000 });
  });

  it('tries more seldom the longer nothing is taken, and at once again afterwards', async () => {
    vi.useFakeTimers();
    const { place, descriptor } = destination({});
    const output = createOutput({ descriptor, describeLoss, limits: { firstRetryMs: 10, lastRetryMs: 40 } });
    output.write('a');
    await vi.advanceTimersByTimeAsync(10 + 20 + 40 + 40 + 39);
    expect(place.attempts).toBe(5);
    place.room = 1;
    await vi.advanceTimersByTimeAsync(1);
    expect(place.text).toBe('a');
    output.write('b');
    await vi.advanceTimersByTimeAsync(10);
    expect(place.attempts).toBe(8);
    vi.useRealTimers();
  });

  it('writes at the end of the process what is left, for a bounded time', () => {
    const { place, descriptor } = destination({});
    const output = createOutput({ descriptor, describeLoss, limits: { ...quick, firstRetryMs: 1_000_000 } });
    output.write('a');
    output.flushNow();
    expect(place.text).toBe('');
    place.room = 10;
    output.flushNow();
    expect(place.text).toBe('a');
  });

  it('that a thread writes leaves to the thread what it has in hand', async () => {
    const { place, descriptor } = destination({ room: 100, later: true });
    const output = createOutput({ descriptor, describeLoss });
    output.write('a');
    output.write('b');
    output.flushNow();
    expect(place.text).toBe('ab');
  });

  it('gives every text whole, once and in order, or counts it as missing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(4), fc.nat(6)), { maxLength: 30 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        async (steps, queuedBytes, chunkBytes, later) => {
          const { place, descriptor } = destination({ later });
          const output = createOutput({ descriptor, describeLoss, limits: { ...quick, queuedBytes, chunkBytes } });
          for (const [index, [length, room]] of steps.entries()) {
            place.room += room;
            output.write(`[${index}${'.'.repeat(length)}]`);
          }
          place.room = 10_000;
          output.write('[end]');
          const isWhole = () => /\[end\]$|missing>$/.test(place.text) && Number.isInteger(output.dropped());
          await vi.waitUntil(isWhole, { interval: 1, timeout: 9_000 });
          const found = [...place.text.matchAll(/\[(\d+|end)\.*\]|<(\d+) missing>/g)];
          expect(found.map(([whole]) => whole).join('')).toBe(place.text);
          const numbers = found.flatMap(([, number]) =>
            number === undefined || number === 'end' ? [] : [Number(number)],
          );
          expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
          const missing = found.reduce((sum, [, , count]) => sum + Number(count ?? 0), 0);
          expect(found.filter(([, number]) => number !== undefined).length + missing).toBe(steps.length + 1);
          expect(missing).toBe(output.dropped());
        },
      ),
      { numRuns: 60 },
    );
  });
});
