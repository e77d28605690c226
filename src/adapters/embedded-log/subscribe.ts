import { setTimeout as sleep } from 'node:timers/promises';
import { createBackoff } from '../../application/backoff.ts';
import { LogUnavailable } from '../../application/failures.ts';
import { isFollowed } from '../../application/followed-streams.ts';
import type {
  Checkpoint,
  RecordedTransition,
  SubscribeOptions,
  SubscriptionMessage,
} from '../../application/ports/event-log.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { LogQuery, Place } from './database/read-transitions.ts';
import type { Tail } from './tail.ts';

const DEFAULT_BATCH = 1_000;
/** A subscriber whom nothing concerns still moves its checkpoint after so many transitions. */
const CHECKPOINT_EVERY_TRANSITIONS = 1_000;
const RETRYING = { firstMs: 50, longestMs: 5_000 };

export interface SubscriptionSource {
  readonly tail: Tail;
  readonly logger: Logger | undefined;
  /** @throws {LogUnavailable} */
  read(query: LogQuery): Promise<Stretch>;
  checkpoint(place: Place): Checkpoint;
}

/** What comes next: the transitions that concern the subscriber, and how far the log was looked through for them. */
interface Stretch {
  readonly transitions: readonly RecordedTransition[];
  readonly last: Place;
}

/**
 * The messages after `start`, until `signal` aborts. A stretch is fetched when the consumer asks for it, from the tail
 * or else from the file, always right behind the last one: the consumer's speed alone decides, and going over from
 * the file to the tail is no special moment.
 */
export async function* messages(
  source: SubscriptionSource,
  start: Place,
  { maxBatch = DEFAULT_BATCH, streamPrefixes: prefixes }: SubscribeOptions,
  signal: AbortSignal,
): AsyncGenerator<SubscriptionMessage, void, undefined> {
  const { tail } = source;
  const limit = Math.max(1, maxBatch);
  let place = start;
  let reported = start;
  let isLive = false;
  /** The log's end when the last stretch was fetched. */
  let goal = tail.end.position;
  while (!signal.aborted) {
    const hasCaughtUp = !isLive && place.position >= goal;
    if (place.position - reported.position >= (hasCaughtUp ? 1 : CHECKPOINT_EVERY_TRANSITIONS)) {
      reported = place;
      yield { kind: 'checkpoint', checkpoint: source.checkpoint(place) };
    }
    if (hasCaughtUp) {
      isLive = true;
      yield { kind: 'caught-up' };
    }
    await tail.grown(place.position, signal);
    if (signal.aborted) return;
    goal = tail.end.position;
    const held = tail.after(place.position, limit);
    isLive &&= held !== null;
    const stretch =
      held === null
        ? await readPatiently(source, { after: place.position, prefixes, limit }, signal)
        : stretchOf(held, prefixes);
    if (stretch === null) continue;
    place = stretch.last;
    const last = stretch.transitions.at(-1);
    if (last === undefined) continue;
    reported = placeOf(last);
    yield { kind: 'transitions', transitions: stretch.transitions, checkpoint: source.checkpoint(reported) };
  }
}

function stretchOf(held: readonly RecordedTransition[], prefixes: SubscribeOptions['streamPrefixes']): Stretch | null {
  const last = held.at(-1);
  if (last === undefined) return null;
  const transitions = held.filter(({ stream }) => isFollowed(stream, prefixes));
  return { transitions, last: placeOf(last) };
}

/** Tries until it succeeds: the log may just be opening again. `null` once `signal` aborts. */
async function readPatiently(
  source: SubscriptionSource,
  query: LogQuery,
  signal: AbortSignal,
): Promise<Stretch | null> {
  const backoff = createBackoff(RETRYING);
  let isSaid = false;
  while (!signal.aborted) {
    try {
      return await source.read(query);
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
      // Once for each outage.
      if (!signal.aborted && !isSaid)
        source.logger?.warn({ err: error, position: query.after }, 'a subscription waits for the log');
      isSaid = true;
      await sleep(backoff.next(), undefined, { signal }).catch(() => undefined);
    }
  }
  return null;
}

const placeOf = ({ position, id }: RecordedTransition): Place => ({ position: Number(position), id });
