import { LogUnavailable } from '../../application/failures.ts';
import {
  type Checkpoint,
  type EventReader,
  type LogPosition,
  PAGE_CHARACTERS,
  type RecordedTransition,
  revision,
  type SubscribeOptions,
  type SubscriptionMessage,
} from '../../application/ports/event-log.ts';
import type { Logger } from '../../application/ports/logger.ts';
import { checkPlace, checkpointText, parseCheckpoint } from './checkpoint-text.ts';
import type { Place } from './database/read-transitions.ts';
import { messages } from './subscribe.ts';
import type { Tail } from './tail.ts';
import type { Answer, Input, Operation } from './thread-messages.ts';
import { decodeRows } from './wire.ts';

export interface ReaderOptions {
  readonly path: string;
  readonly logId: string;
  readonly tail: Tail;
  readonly logger: Logger | undefined;
  /** Aborts when the log is closed: subscriptions end. */
  readonly closing: AbortSignal;
  /** @throws {LogUnavailable} */
  ask<Name extends Operation>(operation: Name, input: Input<Name>): Promise<Answer<Name>>;
}

export const BEGINNING: Place = { position: 0, id: '' };

export function createReader({ path, logId, tail, logger, closing, ask }: ReaderOptions): EventReader {
  const checkpoint = (place: Place) => checkpointText(logId, place);

  async function verified(given: Checkpoint): Promise<Place> {
    const place = parseCheckpoint(given, logId, path);
    checkPlace(place, await ask('placeAt', place.position), tail.end, path);
    return place;
  }

  const source = {
    tail,
    logger,
    checkpoint,
    read: async (query: Input<'readLog'>) => {
      const { rows, last } = await ask('readLog', query);
      return { transitions: decodeRows(rows), last };
    },
  };

  async function* pages({ from, ...query }: Input<'readStream'>): AsyncGenerator<readonly RecordedTransition[]> {
    for (let next = from; ; next += 1) {
      const page = decodeRows(await ask('readStream', { ...query, from: next }));
      const last = page.at(-1);
      if (last === undefined) return;
      yield page;
      next = Number(last.revision);
    }
  }

  async function* subscription(after: Checkpoint | null, options: SubscribeOptions, signal: AbortSignal) {
    if (closing.aborted) throw new LogUnavailable(`${path} is closed`);
    const start = after === null ? BEGINNING : await verified(after);
    yield* messages(source, start, options, signal);
  }

  return {
    async readStream(stream, from = revision(0)) {
      const transitions: RecordedTransition[] = [];
      for await (const page of pages({ stream, from: Number(from) })) transitions.push(...page);
      return transitions;
    },
    readPages: (stream) => pages({ stream, from: 0, characters: PAGE_CHARACTERS }),
    subscribeAll: (after, options = {}) => ({
      [Symbol.asyncIterator]: () =>
        interruptible((ending) => {
          const signals = [ending, closing, ...(options.signal === undefined ? [] : [options.signal])];
          return subscription(after, options, AbortSignal.any(signals));
        }),
    }),
    async head() {
      const end = await ask('end', undefined);
      return end === null ? null : { position: BigInt(end.position) as LogPosition, checkpoint: checkpoint(end) };
    },
    async verifyCheckpoint(given) {
      await verified(given);
    },
  };
}

/** A generator alone would let `return()` wait for the message that `next()` waits for, perhaps indefinitely. */
function interruptible(
  start: (ending: AbortSignal) => AsyncGenerator<SubscriptionMessage, void, undefined>,
): AsyncIterator<SubscriptionMessage, void, undefined> {
  const ending = new AbortController();
  const generator = start(ending.signal);
  return {
    next: () => generator.next(),
    return() {
      ending.abort();
      return generator.return();
    },
  };
}
