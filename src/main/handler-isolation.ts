import { systemClock } from '../adapters/system/clock.ts';
import { systemRandom } from '../adapters/system/random.ts';
import type { Logger } from '../application/ports/logger.ts';
import type { Config } from '../config/config.ts';
import { catchUncaught, culprit, dieOf } from '../worker/handler-context.ts';
import type { HandlerRunner } from '../worker/handler-runner.ts';
import { createInProcessRunner } from '../worker/in-process-runner.ts';
import { lockGlobals } from '../worker/lock-globals.ts';

/**
 * Where the settings say that handlers run (docs/adr/0031). Processes start at once, so that they load while the rest of
 * EventOps does.
 */
export async function startRunner(
  config: Pick<Config, 'handlersFile' | 'handlerIsolation' | 'handlerMemoryMiB'>,
  logger: Logger,
  ended: (how: string) => void,
  /** Whether requests that handlers send to others may have to be followed. */
  followsCalls: boolean,
): Promise<HandlerRunner> {
  const { handlersFile: configPath, handlerIsolation, handlerMemoryMiB: memoryMiB } = config;
  if (handlerIsolation === 'none') {
    const stopCatching = catchUncaught((error) => dieOf(error, stopCatching));
    lockGlobals();
    if (followsCalls) {
      const { followOutgoingCalls } = await import('../worker/outgoing-calls.ts');
      followOutgoingCalls(() => culprit()?.caller, { clock: systemClock, random: systemRandom });
    }
    return createInProcessRunner({ clock: systemClock, logger });
  }
  const { createIsolatedRunner } = await import('../worker/isolation/isolated-runner.ts');
  const isolates = handlerIsolation === 'process';
  const start = isolates
    ? (await import('../worker/isolation/start-process.ts')).startProcess
    : (await import('../worker/isolation/start-thread.ts')).startThread;
  const common = { start, isolates, configPath, memoryMiB, clock: systemClock, logger, crashed: ended };
  return createIsolatedRunner({ ...common, followsCalls });
}
