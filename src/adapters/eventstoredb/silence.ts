/** Calls that were not answered in time, one after the other, after which nobody is taken to be there. */
const SILENCES = 2;

/**
 * Tells a server that is gone from one that is slow, for calls of one kind. Giving up a connection on which answers come
 * late costs a slow server all that it has done so far, and asks it again for everything at once.
 */
export class Silence {
  #answers = 0;
  #silences = 0;

  /** How many answers there were. A call keeps what it is as the call begins. */
  get answers(): number {
    return this.#answers;
  }

  answered(): void {
    this.#answers++;
    this.#silences = 0;
  }

  /**
   * A call was not answered in time.
   * @param answersBefore what `answers` was as it began.
   * @returns whether the connection is to be given up: nothing at all was answered since then, and not for this call alone.
   */
  unanswered(answersBefore: number): boolean {
    if (answersBefore !== this.#answers) return false;
    this.#silences++;
    if (this.#silences < SILENCES) return false;
    this.#silences = 0;
    return true;
  }
}
