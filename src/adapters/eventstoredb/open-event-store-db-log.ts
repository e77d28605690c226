import type { Clock } from '../../application/ports/clock.ts';
import {
  type Checkpoint,
  type EventLog,
  PAGE_CHARACTERS,
  type RecordedTransition,
  type Revision,
  revision,
} from '../../application/ports/event-log.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { Random } from '../../application/ports/random.ts';
import { Appender } from './appender.ts';
import { BEGINNING, formatCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { createConnect } from './connection.ts';
import { decodeEvent, placeOf } from './decode-event.ts';
import { parseAddress } from './parse-address.ts';
import { readingAll, readingStream } from './read-requests.ts';
import { createReader } from './reader.ts';
import type { Read } from './receive.ts';
import { subscribe } from './subscribe.ts';
import { superviseConnection } from './supervise-connection.ts';
import { verifyProgress } from './verify-progress.ts';

export interface EventStoreDbOptions {
  /** `esdb://…` or `esdb+discover://…`. May hold a password: it is repeated nowhere. */
  readonly url: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** When an append without an answer is `unknown`; 5,000 by default. */
  readonly appendDeadlineMs?: number;
  /** When a read without an end has failed; 10,000 by default. */
  readonly readDeadlineMs?: number;
}

export interface EventStoreDbLog extends EventLog {
  /** What keeps the log from its work currently, in words for an operator; `null` when nothing does. Makes no call. */
  unhealthyReason(): string | null;
  /** The same, but asks the server. Settles by the read deadline, never rejects. */
  health(): Promise<string | null>;
}

const APPEND_DEADLINE_MS = 5_000;
const READ_DEADLINE_MS = 10_000;

/**
 * EventStoreDB, or KurrentDB, as the log. Returns at once and connects by itself, at first and whenever a connection is
 * lost, with backoff and without limit; until then appends are refused or wait for their deadline.
 * @throws {ServerUrlInvalid} for a URL that is none, without repeating it.
 */
export function openEventStoreDbLog(options: EventStoreDbOptions): EventStoreDbLog {
  const { clock, random, logger, appendDeadlineMs = APPEND_DEADLINE_MS, readDeadlineMs = READ_DEADLINE_MS } = options;
  const address = parseAddress(options.url);
  const surroundings = { address, connect: createConnect(address), clock, random, logger };
  const supervised = superviseConnection(surroundings, () => appender.connectionChanged());
  const appender = new Appender(supervised, { clock, random, address, deadlineMs: appendDeadlineMs });
  const { read } = createReader(supervised, { clock, address, deadlineMs: readDeadlineMs });
  const closing = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  const unhealthySubscriptions = new Map<symbol, string>();

  /** So that closing can wait for it. */
  const settling = async <Outcome>(work: Promise<Outcome>): Promise<Outcome> => {
    underWay.add(work);
    try {
      return await work;
    } finally {
      underWay.delete(work);
    }
  };

  const unhealthySubscription = () => unhealthySubscriptions.values().next().value ?? null;
  const health = () => head(read).then(unhealthySubscription, (error: Error) => error.message);

  return {
    append: (request) => appender.append(request),
    appendMany: (requests) => Promise.all(requests.map((request) => appender.append(request))),
    readStream: async (stream, from) => (await settling(readPage(read, { stream, from, characters: Infinity }))).page,
    async *readPages(stream) {
      for (let from = revision(0); ; ) {
        const { page, isMore } = await settling(readPage(read, { stream, from, characters: PAGE_CHARACTERS }));
        const last = page.at(-1);
        if (last !== undefined) yield page;
        if (last === undefined || !isMore) return;
        from = revision(last.revision + 1n);
      }
    },
    head: () => settling(head(read)),
    session: () => supervised.losses(),
    verifyCheckpoint: (checkpoint) => settling(verifyCheckpoint(read, checkpoint)),
    subscribeAll: (after, subscribeOptions) => {
      const name = Symbol('subscription');
      const report = (unhealthyReason: string | null) => {
        if (unhealthyReason === null) unhealthySubscriptions.delete(name);
        else unhealthySubscriptions.set(name, unhealthyReason);
      };
      const own = { ...surroundings, deadlineMs: readDeadlineMs, closing: closing.signal, report };
      return subscribe(own, after, subscribeOptions);
    },
    unhealthyReason: () => supervised.unhealthyReason() ?? unhealthySubscription(),
    health: () => settling(health()),
    close: async () => {
      closing.abort();
      await Promise.allSettled([appender.close(), ...underWay]);
      supervised.close();
    },
  };
}

interface PageQuery {
  readonly stream: string;
  readonly from: Revision | undefined;
  readonly characters: number;
}

async function readPage(read: Read, { stream, from = revision(0), characters }: PageQuery) {
  const page: RecordedTransition[] = [];
  let missing = characters;
  // No append takes such a name, and EventStoreDB has streams of its own under the second kind.
  if (stream === '' || stream.startsWith('$')) return { page, isMore: false };
  await read(readingStream(stream, from), (response) => {
    const event = response.getEvent()?.getEvent();
    const transition = event ? decodeEvent(event) : null;
    if (transition === null) return 'more';
    page.push(transition);
    missing -= transition.data.length + transition.metadata.length;
    return missing > 0 ? 'more' : 'enough';
  });
  return { page, isMore: missing <= 0 };
}

/** Behind the last transition there may be events of EventStoreDB itself. */
async function head(read: Read): ReturnType<EventLog['head']> {
  let found: Awaited<ReturnType<EventLog['head']>> = null;
  await read(readingAll('end', 'backwards', 'all'), (response) => {
    const event = response.getEvent()?.getEvent();
    const transition = event ? decodeEvent(event) : null;
    if (event === undefined || transition === null) return 'more';
    const checkpoint = formatCheckpoint({ ...BEGINNING, last: placeOf(event) });
    found = { position: transition.position, checkpoint };
    return 'enough';
  });
  return found;
}

async function verifyCheckpoint(read: Read, checkpoint: Checkpoint): Promise<void> {
  await verifyProgress(read, parseCheckpoint(checkpoint));
}
