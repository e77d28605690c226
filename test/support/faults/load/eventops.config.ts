import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { defineConfig, NonRetryableError } from 'eventops';
import { types } from './fates.ts';

/** Short, so that what a killed worker had in hand is taken up in seconds; enough attempts to outlive many kills. */
const timeoutMs = 1_000;
const retry = { maxAttempts: 12, initialDelayMs: 50, factor: 2, maxDelayMs: 1_000 };
const effects = process.env['FAULTS_EFFECTS'];

/** One line for each effect that a handler had, as an outside system would see it. */
const leaveEffect = (key: string) => {
  if (effects !== undefined) appendFileSync(effects, `${key}\n`);
};

export default defineConfig({
  handlers: {
    [types.steady]: {
      timeoutMs,
      retry,
      handle: async (event, { idempotencyKey }) => {
        const { number } = event.payload as { readonly number: number };
        // Some take long enough to be killed in the middle.
        if (number % 4 === 0) await pause(number % 100);
        leaveEffect(idempotencyKey);
        return { number };
      },
    },
    [types.stumbling]: {
      timeoutMs,
      retry,
      handle: async (_, { attempt, idempotencyKey }) => {
        if (attempt <= 2) throw new Error('stumbled');
        leaveEffect(idempotencyKey);
      },
    },
    [types.poison]: {
      timeoutMs,
      retry: { ...retry, maxAttempts: 3 },
      handle: async (_, { idempotencyKey }) => {
        if (idempotencyKey.endsWith(':0')) throw new Error('cannot be done');
        leaveEffect(idempotencyKey);
      },
    },
    [types.refused]: {
      timeoutMs,
      retry,
      handle: async () => {
        throw new NonRetryableError('is never to be done');
      },
    },
  },
});
