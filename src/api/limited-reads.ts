import type { EventLog, EventReader } from '../application/ports/event-log.ts';

type Log = Pick<EventLog, 'append' | 'head' | 'readStream' | 'subscribeAll'>;

/**
 * The log, of which at most `most` histories are read at one time; the others wait in turn. Without that, a batch of a
 * thousand small items under known keys would read a thousand large histories at once.
 */
export function limitReads(log: Log, most: number): Log {
  const queue: (() => void)[] = [];
  let reading = 0;
  const readStream: EventReader['readStream'] = async (...given) => {
    if (reading >= most) await new Promise<void>((resolve) => queue.push(resolve));
    else reading++;
    try {
      return await log.readStream(...given);
    } finally {
      // The turn goes to the next one as it is.
      const next = queue.shift();
      if (next === undefined) reading--;
      else next();
    }
  };
  return {
    readStream,
    append: (request) => log.append(request),
    head: () => log.head(),
    subscribeAll: (...given) => log.subscribeAll(...given),
  };
}
