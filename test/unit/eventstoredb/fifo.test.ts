import { expect, it } from 'vitest';
import { Fifo } from '../../../src/adapters/eventstoredb/fifo.ts';

it('a queue gives back in order what it was given, over many fillings', () => {
  const queue = new Fifo<number>();
  const taken: number[] = [];
  let pushed = 0;
  for (let round = 0; round < 50; round++) {
    for (let count = 0; count < 97 + round; count++) queue.push(pushed++);
    for (let count = 0; count < 80; count++) {
      expect(queue.peek()).toBe(taken.length);
      taken.push(queue.shift() ?? -1);
    }
    expect(queue.size).toBe(pushed - taken.length);
  }
  while (queue.size > 0) taken.push(queue.shift() ?? -1);
  expect(taken).toEqual(Array.from({ length: pushed }, (_, index) => index));
  expect([queue.shift(), queue.peek(), queue.size]).toEqual([undefined, undefined, 0]);
});
