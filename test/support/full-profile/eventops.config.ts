import { defineConfig } from 'eventops';
import { stumbles } from './stumbles.ts';

export default defineConfig({
  handlers: {
    'load.*': {
      retry: { maxAttempts: 5, initialDelayMs: 50, factor: 2, maxDelayMs: 1_000 },
      handle: async (event, { attempt }) => {
        const { number } = event.payload as { readonly number: number };
        if (stumbles(number) && attempt === 1) throw new Error('stumbled');
        return { number };
      },
    },
  },
});
