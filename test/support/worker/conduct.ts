import fc from 'fast-check';
import { eventIdOf } from '../../../src/application/event-identity.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import type { ConfiguredHandler } from '../../../src/worker/handlers/match-handler.ts';
import { NonRetryableError } from '../../../src/worker/handlers/non-retryable-error.ts';

export const MAX_ATTEMPTS = 3;
export const TIMEOUT_MS = 500;

/** What a handler does in one attempt. */
export type Conduct = 'succeeds' | 'fails' | 'is refused for good' | 'hangs' | 'is slow';

/** For each event, what its handler does attempt by attempt. */
export const conducts = (...kinds: readonly Conduct[]): fc.Arbitrary<readonly (readonly Conduct[])[]> =>
  fc.array(fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: MAX_ATTEMPTS }), {
    minLength: 1,
    maxLength: 5,
  });

/** The key under which the event of this index is posted, and its id. */
export const keyOf = (index: number) => `key-${index}`;
export const idOf = (index: number) => eventIdOf('client', keyOf(index));

/** A handler for every type that does as it is told. `runs` collects `<event id>:<generation>:<attempt>` of each run. */
export const obedientHandler = (
  told: readonly (readonly Conduct[])[],
  { clock, runs }: { clock: Clock; runs: string[] },
): ConfiguredHandler => ({
  pattern: '*',
  version: '1',
  schema: null,
  retry: { maxAttempts: MAX_ATTEMPTS, initialDelayMs: 200, factor: 2, maxDelayMs: 1_000 },
  timeoutMs: TIMEOUT_MS,
  replay: 'safe',
  handle: async ({ id, generation, attempt }) => {
    runs.push(`${id}:${generation}:${attempt}`);
    const own = told.find((_, index) => idOf(index) === id) ?? [];
    switch (own[(attempt - 1) % own.length]) {
      case 'fails':
        throw new Error('It fails');
      case 'is refused for good':
        throw new NonRetryableError('Never');
      case 'hangs':
        return new Promise(() => {});
      case 'is slow':
        return clock.sleep(TIMEOUT_MS - 50);
      default:
        return { done: true };
    }
  },
});
