import { defineConfig, type HandlerDefinition } from 'eventops';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';

describe('defineConfig', () => {
  it('gives each handler the type of its own schema', () => {
    const config = defineConfig({
      handlers: {
        'order.placed': {
          schema: z.object({ orderId: z.string() }),
          handle: async ({ payload }) => {
            expectTypeOf(payload).toEqualTypeOf<{ orderId: string }>();
          },
        },
        'order.counted': {
          schema: z.object({ count: z.coerce.number() }),
          handle({ payload }) {
            expectTypeOf(payload.count).toBeNumber();
          },
        },
        'order.*': {
          handle: async ({ payload }, { signal, attempt }) => {
            expectTypeOf(payload).toBeUnknown();
            expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
            expectTypeOf(attempt).toBeNumber();
          },
        },
      },
    });
    expect(Object.keys(config.handlers)).toEqual(['order.placed', 'order.counted', 'order.*']);
  });

  it('takes handlers that are defined elsewhere, one by one or together', () => {
    const placed: HandlerDefinition<{ orderId: string }> = {
      schema: z.object({ orderId: z.string() }),
      handle: ({ payload }) => payload.orderId,
    };
    const others: Record<string, HandlerDefinition> = { 'order.*': { handle: () => null } };
    expect(Object.keys(defineConfig({ handlers: { placed } }).handlers)).toEqual(['placed']);
    expect(defineConfig({ handlers: others }).handlers).toBe(others);
  });

  it('refuses a payload that the schema does not give', () => {
    defineConfig({
      handlers: {
        // @ts-expect-error -- the schema knows no such property
        a: { schema: z.object({ orderId: z.string() }), handle: ({ payload }) => payload.customerId },
      },
    });
  });
});
