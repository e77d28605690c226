import { randomUUID } from 'node:crypto';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { Database } from '../log/database.ts';
import { readStreamForwards } from '../log/read-stream.ts';
import { NO_STREAM, TOMBSTONE_REVISION } from '../log/stream-index.ts';
import { EventSender } from './event-sender.ts';
import type { Outbox } from './outbox.ts';
import { readStreamName } from './proposed-event.ts';
import { END, LIVE_BUFFER_EVENTS, PAGE_EVENTS, revisionOf, START } from './read-options.ts';
import { readResponses } from './read-responses.ts';
import { rpcErrors } from './rpc-errors.ts';
import type { ServerContext } from './server-context.ts';

/** Everything after a revision, then what comes; until the client has enough or the stream is tombstoned. */
export async function subscribeToStream(
  { database, faults }: ServerContext,
  options: ReadReq.Options,
  outbox: Outbox,
): Promise<void> {
  const stream = readStreamName(options.getStream()?.getStreamIdentifier());
  const start = revisionOf(options);
  const last = database.lastReadableRevision(stream);
  if (last === TOMBSTONE_REVISION) throw rpcErrors.streamDeleted(stream);
  const subscription = new StreamSubscription(database, stream, new EventSender(database, options, outbox));
  await outbox.send(readResponses.confirmation(randomUUID()));
  subscription.sent = start === START ? NO_STREAM : start === END ? last : start;
  if (subscription.sent < last) await subscription.catchUp();
  for (;;) {
    await outbox.send(readResponses.caughtUp());
    while (await subscription.sendLive()) await outbox.whileOpen(database.change());
    if (faults.tellsFellBehind) await outbox.send(readResponses.fellBehind());
    await subscription.catchUp();
  }
}

class StreamSubscription {
  readonly #database: Database;
  readonly #stream: string;
  readonly #events: EventSender;
  /** The revision up to which everything has been sent, or is not to be. */
  sent: number = NO_STREAM;

  constructor(database: Database, stream: string, events: EventSender) {
    this.#database = database;
    this.#stream = stream;
    this.#events = events;
  }

  /** What metadata hides is left out. */
  async catchUp(): Promise<void> {
    for (let from = this.sent + 1; ; ) {
      const page = readStreamForwards(this.#database, { stream: this.#stream, from, maxCount: PAGE_EVENTS });
      const last = this.#database.lastReadableRevision(this.#stream);
      if (page.kind === 'deleted') throw rpcErrors.streamDeleted(this.#stream);
      if (page.kind === 'page') for (const record of page.records) await this.#events.send(record);
      if (page.kind !== 'page' || page.isEnd) {
        this.sent = Math.max(this.sent, last);
        return;
      }
      from = page.next;
    }
  }

  /**
   * What has come since, hidden or not. The tombstone is the last thing that is sent.
   * @returns whether the client keeps up.
   */
  async sendLive(): Promise<boolean> {
    for (let last = this.#last(); this.sent < last; last = this.#last()) {
      const record =
        this.#database.recordOf(this.#stream, this.sent + 1) ??
        this.#database.recordOf(this.#stream, TOMBSTONE_REVISION);
      if (record === undefined) return true;
      const slowness = this.#events.send(record);
      this.sent = record.revision;
      await slowness;
      if (record.kind === 'tombstone') throw rpcErrors.streamDeleted(this.#stream);
      const behind = this.#last() - this.sent;
      if (slowness && behind > LIVE_BUFFER_EVENTS && this.#last() !== TOMBSTONE_REVISION) return false;
    }
    return true;
  }

  #last(): number {
    return this.#database.lastReadableRevision(this.#stream);
  }
}
