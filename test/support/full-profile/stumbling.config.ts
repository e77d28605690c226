import { defineConfig } from 'eventops';

const stumblesFor = (retryAfterMs: number) => ({
  retry: { maxAttempts: 2, initialDelayMs: retryAfterMs, factor: 1, maxDelayMs: retryAfterMs },
  handle: async (_: unknown, { attempt }: { readonly attempt: number }) => {
    if (attempt === 1) throw Object.assign(new Error('It stumbles'), { retryAfterMs });
  },
});

/** Each fails at its first attempt, and is to be tried again so long after it. */
export default defineConfig({
  handlers: { 'stumbles-200': stumblesFor(200), 'stumbles-2000': stumblesFor(2_000) },
});
