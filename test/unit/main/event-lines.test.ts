import { describe, expect, it } from 'vitest';
import { batchesOf, eventLine, type SentLine } from '../../../src/main/events/event-lines.ts';

const key = 'k';

describe('an event that is sent', () => {
  it('keeps its payload as it was written', () => {
    const payload = '{"b": 1.10, "a": 12345678901234567890}';
    expect(eventLine(payload, { type: 't', source: 's', key })).toBe(
      `{"type":"t","source":"s","idempotencyKey":"k","payload":${payload}}`,
    );
    const event = `{"type":"t","source":"s","payload":${payload}}`;
    expect(eventLine(event, { key })).toBe(`{"idempotencyKey":"k",${event.slice(1)}`);
  });

  it('keeps a key and a source of its own', () => {
    const event = '{"type":"t","source":"s","idempotencyKey":"mine","payload":1}';
    expect(eventLine(event, { source: 'other', key })).toBe(event);
  });

  it('is on one line, however it was written', () => {
    expect(eventLine('{\n  "a": "x"\r\n}\n', { type: 't', source: 's', key })).not.toMatch(/[\r\n]/);
  });

  it.each([
    ['{"a":', {}, 'Line 7: not JSON'],
    ['[1]', {}, 'Line 7: not an event'],
    ['{}', {}, 'Line 7: not an event'],
    ['{}', { type: 't' }, '--source is missing'],
  ])('is refused before anything is sent: %s', (text, about, message) => {
    expect(() => eventLine(text, { ...about, key }, 7)).toThrow(message);
  });
});

describe('batches', () => {
  const batchesIn = async (given: Parameters<typeof batchesOf>) => {
    const batches: (readonly SentLine[])[] = [];
    for await (const batch of batchesOf(...given)) batches.push(batch);
    return batches;
  };
  const lines = async function* (count: number) {
    for (let number = 1; number <= count; number++) yield { number, text: '12345' };
  };
  it.each([
    [1, [1, 1, 1, 1, 1]],
    [2, [2, 2, 1]],
    [3, [3, 2]],
  ])('have at most %i events', async (items, sizes) => {
    const batches = await batchesIn([lines(5), { items }]);
    expect(batches.map(({ length }) => length)).toEqual(sizes);
    expect(batches.flat().map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  });

  it('have at most so many characters, and at least one event', async () => {
    const sizes = async (characters: number) =>
      (await batchesIn([lines(3), { characters }])).map(({ length }) => length);
    expect(await sizes(1)).toEqual([1, 1, 1]);
    expect(await sizes(10)).toEqual([2, 1]);
  });
});
