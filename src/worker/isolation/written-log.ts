import type { MonotonicClock } from '../../application/ports/clock.ts';
import type { Logger } from '../../application/ports/logger.ts';
import { wellFormed } from '../well-formed.ts';

const MAX_LINE_CHARACTERS = 2_000;

/**
 * What handlers write to standard output and error, as lines of the log under a key of their own: so they can neither
 * forge a line of ours nor fill the disk.
 */
export function createWrittenLog(logger: Logger, clock: Pick<MonotonicClock, 'monotonicMs'>, perSecond: number) {
  let second = 0;
  let left = perSecond;
  let leftOut = 0;
  return (text: string): void => {
    const now = Math.floor(clock.monotonicMs() / 1_000);
    if (now !== second) {
      if (leftOut > 0) logger.warn({ characters: leftOut }, 'output of handlers was left out');
      [second, left, leftOut] = [now, perSecond, 0];
    }
    leftOut += Math.max(0, text.length - left);
    const kept = text.slice(0, left);
    left -= kept.length;
    for (const line of kept.split('\n'))
      if (line.trim() !== '')
        logger.info({ handler: { wrote: wellFormed(line, MAX_LINE_CHARACTERS) } }, 'a handler wrote');
  };
}
