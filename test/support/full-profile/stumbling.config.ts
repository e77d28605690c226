import { defineConfig } from 'eventops';

const stumblesFor = (mostMs: number) => ({
  retry: { maxAttempts: 2, initialDelayMs: mostMs, factor: 1, maxDelayMs: mostMs },
  handle: async (_: unknown, { attempt }: { readonly attempt: number }) => {
    if (attempt === 1) throw new Error('It stumbles');
  },
});

/** Each fails at its first attempt, and is tried again within so many milliseconds. */
export default defineConfig({
  handlers: { 'stumbles-200': stumblesFor(200), 'stumbles-2000': stumblesFor(2_000) },
});
