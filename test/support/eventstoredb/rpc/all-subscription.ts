import type { Database } from '../log/database.ts';
import { emptyWindow, LOG_START } from '../log/log-file.ts';
import { type AllPosition, FIRST_PLACE, isBefore, placeOf, readAllForwards } from '../log/read-all.ts';
import type { LogRecord } from '../log/record.ts';
import type { EventSender } from './event-sender.ts';
import { CallOver, type Outbox } from './outbox.ts';
import { LIVE_BUFFER_EVENTS, PAGE_EVENTS, type ReadFilter } from './read-options.ts';
import { readResponses } from './read-responses.ts';
import { rpcErrors } from './rpc-errors.ts';
import type { ServerContext } from './server-context.ts';

interface Settings {
  readonly filter: ReadFilter;
  readonly events: EventSender;
  /** After how many events, passed or not, the client is told how far the log has been searched; never without filter. */
  readonly checkpointInterval: number | undefined;
  readonly sent: AllPosition;
  /** The last record when the subscription began, and where the log ended. */
  readonly confirmedAt: AllPosition;
  readonly liveFrom: number;
}

const laterTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Follows $all page by page, and record by record once it has reached the end. */
export class AllSubscription {
  readonly #context: ServerContext;
  readonly #database: Database;
  readonly #outbox: Outbox;
  readonly #settings: Settings;
  readonly #window = emptyWindow();
  /** The place of the newest event or checkpoint that was sent, or that the client began at. */
  sent: AllPosition;
  #lastCheckpoint: AllPosition | undefined;
  /** Where live reading goes on. */
  #at: number;
  /** Events since the last live checkpoint. The server counts from the beginning of the subscription on. */
  #sinceCheckpoint = 0;

  constructor(context: ServerContext, outbox: Outbox, settings: Settings) {
    this.#context = context;
    this.#database = context.database;
    this.#outbox = outbox;
    this.#settings = settings;
    this.sent = settings.sent;
    this.#at = settings.liveFrom;
  }

  /** Sends what lies between the place reached and the end of the log. */
  async catchUp(): Promise<void> {
    const { filter, events, checkpointInterval } = this.#settings;
    const range = { maxCount: PAGE_EVENTS, ...filter, window: this.#window };
    let from = this.sent.commit < 0 ? FIRST_PLACE : this.sent;
    let considered = 0;
    for (;;) {
      const page = readAllForwards(this.#database, { ...range, from });
      this.#at = this.#database.end;
      for (const record of page.records) {
        if (!isBefore(this.sent, placeOf(record))) continue;
        await events.send(record);
        this.sent = placeOf(record);
      }
      // The page's own beginning is a place to resume at, unless the record there has not been looked at.
      if (isBefore(this.sent, from) && isBefore(from, page.next)) this.sent = from;
      considered += page.considered;
      if (page.isEnd) {
        if (isBefore(this.sent, FIRST_PLACE) && isBefore(FIRST_PLACE, page.next)) this.sent = FIRST_PLACE;
        await this.#sendCheckpoint(this.sent);
        return;
      }
      // A search window of nothing: EventStoreDB divides by zero here.
      if (checkpointInterval === 0) throw rpcErrors.exceptionInHandler();
      if (checkpointInterval !== undefined && considered >= checkpointInterval) {
        considered %= checkpointInterval;
        await this.#sendCheckpoint(this.sent);
      }
      from = page.next;
      await this.#serveOthers();
    }
  }

  /**
   * Sends what has come since the end was reached.
   * @returns whether the client keeps up.
   */
  async sendLive(): Promise<boolean> {
    let looked = 0;
    for (let record = this.#next(); record; record = this.#next()) {
      this.#at = record.next;
      if (!record.isVisible) continue;
      const slowness = this.#sendIfNew(record);
      await slowness;
      await this.#countForCheckpoint(record);
      if (slowness && this.#isFarBehind()) return false;
      looked += 1;
      if (looked % PAGE_EVENTS === 0) await this.#serveOthers();
    }
    return true;
  }

  #next(): LogRecord | undefined {
    return this.#at < this.#database.end ? this.#database.recordAt(this.#at, this.#window) : undefined;
  }

  #sendIfNew(record: LogRecord): Promise<void> | undefined {
    const place = placeOf(record);
    if (!isBefore(this.sent, place) || !this.#settings.filter.filter(record)) return undefined;
    const slowness = this.#settings.events.send(record);
    this.sent = place;
    return slowness;
  }

  async #countForCheckpoint(record: LogRecord): Promise<void> {
    const { checkpointInterval, confirmedAt } = this.#settings;
    if (checkpointInterval === undefined || !isBefore(confirmedAt, placeOf(record))) return;
    this.#sinceCheckpoint += 1;
    if (this.#sinceCheckpoint < checkpointInterval) return;
    this.#sinceCheckpoint = 0;
    if (isBefore(placeOf(record), this.sent)) return;
    this.sent = placeOf(record);
    await this.#sendCheckpoint(this.sent);
  }

  /** More is waiting than the server keeps for a subscriber: it has to read again from the log. */
  #isFarBehind(): boolean {
    const { filter } = this.#settings.filter;
    const from = { commit: Math.max(this.#at, LOG_START), prepare: 0 };
    const searchWindow = Number.POSITIVE_INFINITY;
    const range = { from, maxCount: LIVE_BUFFER_EVENTS + 1, searchWindow, filter, window: this.#window };
    return readAllForwards(this.#database, range).records.length > LIVE_BUFFER_EVENTS;
  }

  async #sendCheckpoint(place: AllPosition): Promise<void> {
    if (this.#settings.checkpointInterval === undefined || place.commit < 0) return;
    if (this.#lastCheckpoint && !isBefore(this.#lastCheckpoint, place)) return;
    this.#lastCheckpoint = place;
    const aheadBytes = this.#context.faults.checkpointsAheadBytes;
    const ahead = this.#database.end + (aheadBytes ?? 0);
    const told = aheadBytes === undefined ? place : { commit: ahead, prepare: ahead };
    await this.#outbox.send(readResponses.checkpoint(told));
  }

  async #serveOthers(): Promise<void> {
    await laterTurn();
    if (this.#outbox.isOver) throw new CallOver();
  }
}
