import { request } from 'node:http';
import { defineConfig } from 'eventops';

const downstream = process.env['DOWNSTREAM_URL'] ?? '';
const retry = { initialDelayMs: 20, factor: 1, maxDelayMs: 20 };

export default defineConfig({
  handlers: {
    /** Calls another service, and fails twice. */
    'order.placed': {
      retry: { maxAttempts: 3, ...retry },
      handle: async (_, { attempt }) => {
        const answer = await fetch(`${downstream}/orders?token=secret`, { method: 'POST', body: '{}' });
        await answer.text();
        if (attempt < 3) throw new Error('not yet');
      },
    },
    /** The same with Node's own client, permanently. */
    'order.cursed': {
      retry: { maxAttempts: 2, ...retry },
      handle: () =>
        new Promise((_, reject) => {
          const refuse = () => reject(new TypeError('never'));
          request(`${downstream}/orders`, (answer) => answer.resume().once('end', refuse)).end();
        }),
    },
  },
});
