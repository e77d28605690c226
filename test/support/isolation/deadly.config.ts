import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HandlerDefinition } from '../../../src/worker/handlers/define-config.ts';
import { handlers } from './eventops.config.ts';

const retry = { maxAttempts: 2, initialDelayMs: 1, factor: 1, maxDelayMs: 1 };

/** What no isolation keeps a handler from: ending the worker from outside. */
const deadly: Record<string, HandlerDefinition> = {
  'kills-its-worker': {
    retry,
    handle: async () => {
      await sleep(100);
      execFileSync('kill', ['-9', String(process.ppid)]);
    },
  },
  // So that it is in hand when the worker ends.
  'takes-its-time': { retry, handle: () => sleep(1_000) },
};

export default { handlers: { ...handlers, ...deadly } };
