import type { ConfiguredHandler } from '../../../src/worker/handlers/match-handler.ts';
import { NonRetryableError } from '../../../src/worker/handlers/non-retryable-error.ts';
import type { SimulatedCell } from './cells.ts';
import type { Life } from './life.ts';
import type { World } from './world.ts';

export const MAX_ATTEMPTS = 3;
const TIMEOUT_MS = 500;
const ANSWERS_AFTER_MS = 350;

/** One run of the user's handler, as the world outside sees its effect. */
export interface HandlerRunRecord {
  readonly eventId: string;
  readonly generation: number;
  readonly attempt: number;
  ended: 'succeeded' | 'failed' | 'with its process of handlers' | null;
  /** Whether what it waited for came in time, whenever the process got to see it. */
  cameInTime: boolean;
  /** Whether it was stopped while it had time left. */
  wasStoppedEarly: boolean;
}

/** The user's handler in one process: does what the scenario says of the event, and leaves a trace of each run. */
export const handlerOf = (
  world: World,
  life: Life,
  meddle: (act: () => Promise<void>) => Promise<void>,
  /** The process of handlers that it runs in; `null` in the worker itself, which then takes its place. */
  cell: SimulatedCell | null,
): ConfiguredHandler => ({
  pattern: '*',
  version: '1',
  schema: null,
  retry: { maxAttempts: MAX_ATTEMPTS, initialDelayMs: 200, factor: 2, maxDelayMs: 1_000 },
  timeoutMs: TIMEOUT_MS,
  replay: 'safe',
  handle: async ({ id, generation, attempt, payload }, { signal }) => {
    const run: HandlerRunRecord = {
      ...{ eventId: id, generation, attempt, ended: null },
      ...{ cameInTime: false, wasStoppedEarly: false },
    };
    const startedAt = world.time.passed();
    const hadTime = () => world.time.passed() - startedAt < TIMEOUT_MS - 50;
    signal.addEventListener('abort', () => {
      run.wasStoppedEarly = hadTime();
    });
    await meddle(async () => {
      world.runs.push(run);
      world.tell(() => `${life.slot}: runs the handler of ${id.slice(0, 8)} for attempt ${generation}:${attempt}`);
    });
    const { key } = payload as { readonly key: string };
    const conduct = world.scenario.events.find((event) => event.key === key)?.conduct ?? [];
    switch (conduct[Math.min(attempt, conduct.length) - 1]) {
      case 'fails':
        run.ended = 'failed';
        throw new Error('It fails');
      case 'is refused for good':
        run.ended = 'failed';
        throw new NonRetryableError('Never');
      case 'hangs':
        return new Promise(() => {});
      case 'is slow':
        await life.clock.sleep(TIMEOUT_MS - 100);
        break;
      case 'ends its process':
        world.kill(life, 500);
        return new Promise(() => {});
      case 'ends its process of handlers':
        if (cell === null) world.kill(life, 500);
        else {
          run.ended = 'with its process of handlers';
          cell.end();
        }
        return new Promise(() => {});
      case 'holds its thread':
        cell?.hold();
        return new Promise(() => {});
      case 'asks another service':
        void world.time.sleep(ANSWERS_AFTER_MS).then(() => {
          run.cameInTime = hadTime();
        });
        await life.answerAfter(ANSWERS_AFTER_MS);
        break;
      default:
    }
    run.ended = 'succeeded';
    return { done: true };
  },
});
