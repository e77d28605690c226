import { defineConfig } from 'eventops';
import { z } from 'zod';
import { githubHandlers } from './examples/github/handlers.ts';

/** What happens to an event, by its type. The closest name wins: the type itself, then `order.*`, then `*`. */
export default defineConfig({
  handlers: {
    'order.placed': {
      schema: z.object({ orderId: z.string().min(1) }),
      retry: { maxAttempts: 5, initialDelayMs: 1_000, factor: 2, maxDelayMs: 300_000 },
      timeoutMs: 30_000,
      replay: 'safe',
      handle: async (event, { logger, idempotencyKey }) => {
        // Hand the key on to whatever must happen once only: a handler may run again.
        logger.info({ idempotencyKey }, 'shipping the order');
        return { shipped: event.payload.orderId };
      },
    },
    'order.*': {
      handle: async (event) => ({ noted: event.type }),
    },
    // What `npm run demo` posts.
    ...githubHandlers,
  },
});
