import { defineConfig, NonRetryableError } from 'eventops';

/** Each key a failure of its own, in which the stub of a model finds what it quotes. */
export default defineConfig({
  handlers: {
    'order.placed': {
      handle: async ({ payload }) => {
        const { key } = payload as { readonly key: string };
        throw new NonRetryableError(`${key} order has no lines`);
      },
    },
  },
});
