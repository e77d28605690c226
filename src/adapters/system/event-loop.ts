import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { EventLoop } from '../../application/ports/event-loop.ts';

const RESOLUTION_MS = 20;

/** Measured from the first call on. */
export function systemEventLoop(): EventLoop {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return {
    latenessMs() {
      // Without a measurement, the mean is not a number.
      const mean = delays.count === 0 ? 0 : delays.mean / 1e6 - RESOLUTION_MS;
      delays.reset();
      return Math.max(0, mean);
    },
  };
}
