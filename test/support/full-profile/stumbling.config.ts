import { defineConfig } from 'eventops';

/** Fails at its first attempt, and is tried again within 200 ms. */
export default defineConfig({
  handlers: {
    stumbles: {
      retry: { maxAttempts: 2, initialDelayMs: 200, factor: 1, maxDelayMs: 200 },
      handle: async (_, { attempt }) => {
        if (attempt === 1) throw new Error('It stumbles');
      },
    },
  },
});
