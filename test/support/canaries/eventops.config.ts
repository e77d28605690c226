import { defineConfig, NonRetryableError } from 'eventops';
import { z } from 'zod';

/** What a handler is given and what it does with it, all of it secret. */
const secretOf = (payload: unknown) => String((payload as { readonly secret?: unknown }).secret);

export default defineConfig({
  handlers: {
    'secret.kept': { handle: async () => ({ done: true }) },
    'secret.sent': {
      retry: { maxAttempts: 1 },
      handle: async ({ payload }) => {
        const secret = secretOf(payload);
        // Nothing listens there.
        await fetch(`http://127.0.0.1:1024/${secret}?key=${secret}`, {
          headers: { authorization: `Bearer ${secret}` },
        });
      },
    },
    'secret.returned': { handle: async ({ payload }) => ({ secret: secretOf(payload) }) },
    'secret.thrown': {
      handle: async ({ payload }) => {
        throw new NonRetryableError(`https://user:${secretOf(payload)}@shop.example gave no answer`);
      },
    },
    'secret.caused': {
      handle: async ({ payload }) => {
        throw new NonRetryableError('no answer', { cause: new Error(secretOf(payload)) });
      },
    },
    'secret.text': {
      retry: { maxAttempts: 1 },
      handle: async ({ payload }) => {
        // oxlint-disable-next-line typescript/only-throw-error -- what a careless handler throws
        throw secretOf(payload);
      },
    },
    'secret.retried': {
      retry: { maxAttempts: 2, initialDelayMs: 1 },
      handle: async ({ payload }) => {
        throw new Error(secretOf(payload));
      },
    },
    'secret.invalid': { schema: z.strictObject({ secret: z.literal('another') }), handle: async () => {} },
  },
});
