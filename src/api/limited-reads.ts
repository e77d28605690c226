import type { EventLog } from '../application/ports/event-log.ts';

type Log = Pick<EventLog, 'append' | 'session' | 'head' | 'readStream' | 'readPages' | 'subscribeAll'>;

/**
 * The log, of which at most `most` histories, or pages of them, are read at one time; the others wait in turn. Without that, a batch of a
 * thousand small items under known keys would read a thousand large histories at once.
 */
export function limitReads(log: Log, most: number): Log {
  const queue: (() => void)[] = [];
  let reading = 0;
  const inTurn = async <Found>(read: () => Promise<Found>): Promise<Found> => {
    if (reading >= most) await new Promise<void>((resolve) => queue.push(resolve));
    else reading++;
    try {
      return await read();
    } finally {
      // The turn goes to the next one as it is.
      const next = queue.shift();
      if (next === undefined) reading--;
      else next();
    }
  };
  return {
    readStream: (...given) => inTurn(() => log.readStream(...given)),
    readPages: (stream) => pagesInTurn(log.readPages(stream), inTurn),
    append: (request) => log.append(request),
    session: () => log.session(),
    head: () => log.head(),
    subscribeAll: (...given) => log.subscribeAll(...given),
  };
}

/** A reader who is slow to ask for the next page has no turn meanwhile. */
async function* pagesInTurn<Page>(
  pages: AsyncIterable<Page>,
  inTurn: <Found>(read: () => Promise<Found>) => Promise<Found>,
): AsyncGenerator<Page> {
  const iterator = pages[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await inTurn(() => iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
