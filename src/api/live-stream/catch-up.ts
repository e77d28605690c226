import { EVENT_STREAM_PREFIX } from '../../application/event-identity.ts';
import type { EventReader, RecordedTransition } from '../../application/ports/event-log.ts';
import type { LogPlace } from '../../application/ports/log-segments.ts';
import type { LiveReader, LiveTransition } from './live-reader.ts';

/** Few, because each reader that catches up holds so many. */
const MAX_BATCH = 100;

interface CatchingUp {
  readonly log: Pick<EventReader, 'subscribeAll'>;
  readonly reader: LiveReader;
  /** Behind this place. */
  readonly start: LogPlace;
  /** Where the log's head was before: who has all that is in the log now has come at least so far. */
  readonly floor: bigint;
  /** How far those have come who are at the log's head; `null` when they have ended. */
  readonly headPosition: () => bigint | null;
  /** Only the last so many of what is wanted before the log's head; `null` for all of it. */
  readonly kept: number | null;
  readonly seen: (recorded: RecordedTransition, place: LogPlace) => Promise<LiveTransition | null>;
  /** The place is one of this log. */
  readonly begun: () => void;
  /** It has all that those at the head have had. */
  readonly joins: () => void;
}

/**
 * Reads the log for one reader, no faster than it reads, until it is where the others are.
 * @throws {CheckpointRefused} the place is in no or another log.
 */
export async function catchUp(given: CatchingUp): Promise<void> {
  const { log, reader, start, floor, headPosition, kept, seen, begun, joins } = given;
  if (reader.isOver) return;
  const over = new AbortController();
  reader.text.once('close', () => over.abort());
  const recent: { readonly place: LogPlace; readonly transition: LiveTransition }[] = [];
  let [after, reached, isCaughtUp] = [start.after, start.position, false];
  const options = { streamPrefixes: [EVENT_STREAM_PREFIX], maxBatch: MAX_BATCH, signal: over.signal };
  for await (const message of log.subscribeAll(start.after, options)) {
    begun();
    for (const recorded of message.kind === 'transitions' ? message.transitions : []) {
      if (recorded.position <= reached) continue;
      const place = { after, position: recorded.position };
      const transition = await seen(recorded, place);
      reached = place.position;
      if (kept === null) {
        await reader.hasRoom();
        reader.pass(place, transition);
      } else if (transition !== null && reader.isWanted(transition)) {
        recent.push({ place, transition });
        if (recent.length > kept) recent.shift();
      }
      if (reader.isOver) return;
    }
    if (message.kind === 'caught-up') isCaughtUp = true;
    else after = message.checkpoint;
    if (isCaughtUp && floor > reached) reached = floor;
    const head = headPosition();
    if (head === null) return;
    if (!isCaughtUp || reached < head) continue;
    for (const { place, transition } of recent) reader.pass(place, transition);
    reader.pass({ after, position: reached }, null);
    return joins();
  }
}
