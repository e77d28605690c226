import { CheckpointRefused } from '../../application/failures.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { EventReader, RecordedTransition } from '../../application/ports/event-log.ts';
import type { LogPlace } from '../../application/ports/log-segments.ts';
import type { Logger } from '../../application/ports/logger.ts';
import { createRepeatingReport, kindOf } from '../../application/repeating-report.ts';
import { type Following, followNewTransitions } from '../follow-new-transitions.ts';
import type { Limits } from '../limits.ts';
import { catchUp } from './catch-up.ts';
import { rememberEvents } from './events-of-transitions.ts';
import { createReader, type LiveReader, type LiveTransition, type ReaderOptions } from './live-reader.ts';
import { frameOf } from './server-sent-events.ts';
import { messageOf } from './transition-message.ts';

const ABOUT = 'live streams';

export interface Beginning {
  /** Behind this place; `null` for the log's head. */
  readonly from: LogPlace | null;
  /** How many of the transitions that are wanted come first, of those before it. */
  readonly recent: number;
  /** Where recent ones are looked for. */
  readonly recentFrom: LogPlace;
}

export type Refusal = 'full' | 'share-used-up' | 'closing' | 'place-refused' | 'log-unavailable';

export interface LiveStreams {
  /** Resolves once the stream has begun, or with why it does not. @throws what the log does. */
  open(asked: Beginning & Omit<ReaderOptions, 'mostBytes'>): Promise<LiveReader | Refusal>;
  /** Ends every stream, and all that come. */
  close(): void;
}

interface Options {
  readonly log: Pick<EventReader, 'subscribeAll' | 'head' | 'readPages'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: Limits;
}

/**
 * Streams of transitions as they are appended. One subscription serves all that have come to the log's head; one that
 * begins further back has its own until it is there. No reader holds another one, or the log: who leaves more unread than
 * there is room for is ended.
 */
export function createLiveStreams({ log, clock, logger, limits }: Options): LiveStreams {
  const report = createRepeatingReport({ logger, clock });
  const eventOf = rememberEvents(log, limits.liveStreamEvents);
  const readers = new Set<LiveReader>();
  const live = new Set<LiveReader>();
  let following: Following | null = null;
  let place: LogPlace | null = null;
  /** A mark of who follows: what was read for one that has been stopped is passed to no reader. */
  let present: object | null = null;
  const closing = new AbortController();
  let isBeating = false;

  async function seen(recorded: RecordedTransition, at: LogPlace): Promise<LiveTransition | null> {
    const found = eventOf(recorded);
    const event = found instanceof Promise ? await found : found;
    const message = event === null ? null : messageOf(recorded, event);
    if (message === null) return null;
    let frame: string | null = null;
    // The same for all of its readers, and made once.
    const frameFor: LiveTransition['frameFor'] = (idOf) =>
      (frame ??= frameOf({ id: idOf(at), data: JSON.stringify(message) }));
    return { message, frameFor };
  }

  async function passOn(recorded: RecordedTransition, at: LogPlace, by: object): Promise<void> {
    if (place !== null && at.position <= place.position) return;
    const transition = await seen(recorded, at);
    if (by !== present) return;
    place = at;
    report.wentWell(ABOUT);
    for (const reader of live) reader.pass(at, transition);
  }

  function endAll(code: string, detail: string): void {
    for (const reader of [...readers]) reader.end(code, detail);
  }

  function failed(error: unknown): void {
    report.occurred({
      ...{ about: ABOUT, kind: kindOf(error), level: 'error' },
      fields: { err: error },
      message: 'live streams end: the log cannot be followed',
    });
    stopFollowing();
    endAll('log-unavailable', 'The log is not the one that was followed. Begin again without Last-Event-ID.');
  }

  function stopFollowing(): void {
    following?.stop();
    [following, place, present] = [null, null, null];
  }

  function follow(): Following {
    if (following !== null) return following;
    const mark = {};
    present = mark;
    const surroundings = { name: 'live-streams', clock, logger, report, failed };
    following = followNewTransitions(log, (recorded, at) => passOn(recorded, at, mark), surroundings);
    return following;
  }

  async function beat(): Promise<void> {
    if (isBeating) return;
    isBeating = true;
    while (readers.size > 0 && !closing.signal.aborted) {
      await clock.sleep(limits.liveStreamHeartbeatMs, closing.signal);
      for (const reader of [...readers]) void reader.beat();
    }
    isBeating = false;
  }

  function left(reader: LiveReader): void {
    live.delete(reader);
    if (readers.delete(reader) && readers.size === 0) stopFollowing();
  }

  function refusalFor(clientId: string): Refusal | null {
    if (closing.signal.aborted) return 'closing';
    const ofClient = [...readers].filter((reader) => reader.clientId === clientId).length;
    if (ofClient >= limits.liveStreamsOfOneClient) return 'share-used-up';
    return readers.size >= limits.liveStreams ? 'full' : null;
  }

  /** Until it is where the others are: then it gets what they get, from the same place on, and nothing lies between. */
  async function bringIn(reader: LiveReader, { from, recent, recentFrom }: Beginning, begun: () => void) {
    const head = await follow().ready;
    if (reader.isOver) return;
    place ??= head;
    const start = from ?? (recent === 0 ? place : recentFrom);
    reader.begin(start);
    await catchUp({
      ...{ log, start, floor: place.position, reader, seen, begun },
      kept: from === null && recent > 0 ? recent : null,
      headPosition: () => place?.position ?? null,
      joins() {
        if (reader.isOver) return;
        live.add(reader);
        reader.live();
      },
    });
  }

  return {
    async open(asked) {
      const refusal = asked.signal.aborted ? 'closing' : refusalFor(asked.clientId);
      if (refusal !== null) return refusal;
      const beginning = Promise.withResolvers<Refusal | null>();
      const reader = createReader({ ...asked, mostBytes: limits.liveStreamBytes }, () => {
        left(reader);
        beginning.resolve(closing.signal.aborted ? 'closing' : 'log-unavailable');
      });
      readers.add(reader);
      bringIn(reader, asked, () => beginning.resolve(null)).catch((error: unknown) => {
        if (error instanceof CheckpointRefused) beginning.resolve('place-refused');
        else beginning.reject(error);
        reader.end('log-unavailable', 'Go on with Last-Event-ID.');
      });
      const patience = new AbortController();
      void clock
        .sleep(limits.liveStreamBeginMs, patience.signal)
        .then(() => beginning.resolve(patience.signal.aborted ? null : 'log-unavailable'));
      const refused = await beginning.promise.finally(() => patience.abort());
      if (refused !== null) {
        reader.leave();
        return refused;
      }
      void beat();
      return reader;
    },
    close() {
      closing.abort();
      endAll('shutting-down', 'Go on with Last-Event-ID, at another process or after the restart.');
    },
  };
}
