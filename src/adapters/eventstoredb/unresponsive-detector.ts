import type { Connection } from './connection.ts';

/** Calls that were not answered in time, one after the other, after which the server is considered gone. */
const UNANSWERED_CALLS = 2;

/**
 * Distinguishes a server that is gone from one that is slow, for calls of one kind. Giving up a connection on which answers come
 * late costs a slow server all that it has done so far, and asks it again for everything at once.
 */
export class UnresponsiveDetector {
  readonly #giveUp: (connection: Connection) => void;
  #answers = 0;
  #unanswered = 0;
  /** The one that did not answer last. What happened on it says nothing about the next. */
  #connection: Connection | null = null;

  constructor(giveUp: (connection: Connection) => void) {
    this.#giveUp = giveUp;
  }

  /** How many answers there were. A call keeps what it is as the call begins. */
  get answers(): number {
    return this.#answers;
  }

  answered(): void {
    this.#answers++;
    this.#unanswered = 0;
  }

  /**
   * A call was not answered in time. Its connection is given up if nothing at all was answered since the call began, and
   * if it is not the only such call.
   * @param answersBefore what `answers` was as it began.
   */
  unanswered(connection: Connection, answersBefore: number): void {
    if (answersBefore !== this.#answers) return;
    this.#unanswered = connection === this.#connection ? this.#unanswered + 1 : 1;
    this.#connection = connection;
    if (this.#unanswered >= UNANSWERED_CALLS) this.#giveUp(connection);
  }
}
