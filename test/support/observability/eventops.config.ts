import { defineConfig } from 'eventops';
import { githubHandlers } from '../../../examples/github/handlers.ts';
import { types } from './traffic.ts';

const downstream = process.env['DOWNSTREAM_URL'] ?? '';
/** Often enough to outlive what it calls being unavailable. */
const retry = { maxAttempts: 200, initialDelayMs: 500, factor: 1, maxDelayMs: 500 };

export default defineConfig({
  handlers: {
    [types.calls]: {
      retry,
      handle: async (_event, { signal }) => {
        await (await fetch(downstream, { signal })).text();
      },
    },
    [types.works]: { retry, handle: async () => {} },
    // What the demo posts.
    ...githubHandlers,
  },
});
