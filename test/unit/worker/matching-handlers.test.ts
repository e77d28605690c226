import { describe, expect, it } from 'vitest';
import { createMatchHandler } from '../../../src/worker/handlers/match-handler.ts';
import { handlerOf } from '../../support/worker/workshop.ts';

const match = (...patterns: readonly string[]) => {
  const matchHandler = createMatchHandler(patterns.map((pattern) => handlerOf(() => null, { pattern })));
  return (type: string) => matchHandler(type)?.pattern ?? null;
};

describe('the handler of an event type', () => {
  it('is the one of its own name, else of its longest prefix, else the one for all', () => {
    const of = match('*', 'order.*', 'order.placed', 'order.item.*');
    expect(of('order.placed')).toBe('order.placed');
    expect(of('order.paid')).toBe('order.*');
    expect(of('order.item.added')).toBe('order.item.*');
    expect(of('order.placed.again')).toBe('order.*');
    expect(of('customer.moved')).toBe('*');
  });

  it('is none when nothing fits', () => {
    const of = match('order.*', 'a');
    expect(of('order')).toBeNull();
    expect(of('orders.placed')).toBeNull();
    expect(of('.order.placed')).toBeNull();
    expect(of('__proto__')).toBeNull();
  });
});
