import { setTimeout as work } from 'node:timers/promises';
import { type HandlerDefinition, NonRetryableError } from 'eventops';
import { z } from 'zod';

const repository = z.object({ full_name: z.string() });
const retry = { maxAttempts: 3, initialDelayMs: 200, factor: 2, maxDelayMs: 2_000 };
const timeoutMs = 5_000;

/** Handlers for GitHub webhooks, as `npm run demo` posts them: some do their work, one stumbles, one always fails. */
export const githubHandlers: Record<string, HandlerDefinition> = {
  'github.push': {
    schema: z.object({ ref: z.string(), commits: z.array(z.object({ id: z.string() })), repository }),
    retry,
    timeoutMs,
    handle: async (event) => {
      const {
        ref,
        commits,
        repository: pushedTo,
      } = event.payload as {
        ref: string;
        commits: unknown[];
        repository: z.infer<typeof repository>;
      };
      await work(5);
      return { repository: pushedTo.full_name, branch: ref.replace('refs/heads/', ''), commits: commits.length };
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
    handle: () => Promise.reject(new NonRetryableError('No workflow listens to this dispatch')),
  },
  'github.*': {
    retry,
    timeoutMs,
    handle: async (event, { signal }) => {
      await work(2, undefined, { signal });
      return { noted: event.type };
    },
  },
};
