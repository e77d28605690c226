import { setTimeout as work } from 'node:timers/promises';
import { defineConfig, NonRetryableError } from 'eventops';
import { z } from 'zod';

const retry = { maxAttempts: 3, initialDelayMs: 200, factor: 2, maxDelayMs: 2_000 };
const timeoutMs = 5_000;

const pushed = z.object({
  ref: z.string(),
  commits: z.array(z.object({ id: z.string() })),
  repository: z.object({ full_name: z.string() }),
});

/** Handlers for GitHub webhooks, as `npm run demo` posts them: some do their work, one stumbles, one always fails. */
export const { handlers: githubHandlers } = defineConfig({
  handlers: {
    'github.push': {
      schema: pushed,
      retry,
      timeoutMs,
      handle: async (event, { signal }) => {
        const { ref, commits, repository } = event.payload;
        await work(5, undefined, { signal });
        return { repository: repository.full_name, branch: ref.replace('refs/heads/', ''), commits: commits.length };
      },
    },
    'github.issues': {
      retry,
      timeoutMs,
      handle: async (_event, { attempt, signal }) => {
        await work(5, undefined, { signal });
        if (attempt === 1) throw new Error('The issue tracker closed the connection');
        return { filed: true };
      },
    },
    'github.deployment_status': {
      retry,
      timeoutMs,
      handle: async (_event, { signal }) => {
        await work(5, undefined, { signal });
        throw new Error('The deployment service answers 503');
      },
    },
    'github.repository_dispatch': {
      retry,
      timeoutMs,
      handle: async () => {
        throw new NonRetryableError('No workflow listens to this dispatch');
      },
    },
    'github.*': {
      retry,
      timeoutMs,
      handle: async (event, { signal }) => {
        await work(2, undefined, { signal });
        return { noted: event.type };
      },
    },
  },
});
