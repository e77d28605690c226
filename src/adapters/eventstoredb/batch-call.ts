import type { AppendOutcome } from '../../application/ports/event-log.ts';
import { outcomeOf } from './answer.ts';
import { CallEnded, classifyError, wasNeverTaken } from './classify.ts';
import type { Connection } from './connection.ts';

/** An append on its way. */
export interface PendingAppend {
  readonly correlationId: string;
  readonly stream: string;
  /** How many transitions it has. */
  readonly count: number;
  readonly message: Buffer;
  /** The turn of the deadline's clock after which no caller waits any more. */
  readonly overAtTurn: number;
  /** How many connections had been lost as it began. */
  readonly lossesBefore: number;
  /** How many answers there were as it began. */
  readonly answersBefore: number;
  readonly settle: (outcome: AppendOutcome) => void;
}

/** More in flight make no server faster (128 do), and all of them are unknown when the connection is lost. */
const MOST_APPENDS = 512;
const MOST_BYTES = 8 * 1024 * 1024;

export interface BatchCallEvents {
  answered(): void;
  /** The call is over; what was on it has been settled. */
  lost(error: Error): void;
  /** In words for an operator. */
  explain(error: Error): string;
}

/** One call that carries many appends at once, on one connection. Each append is settled exactly once. */
export class BatchCall {
  readonly #call: ReturnType<Connection['batchAppend']>;
  /** By correlation id, in the order in which they were sent. Our own: the client's is shared by all of its connections. */
  readonly #pending = new Map<string, PendingAppend>();
  readonly #events: BatchCallEvents;
  #bytes = 0;
  #hasAnswered = false;
  #isOver = false;

  constructor(connection: Connection, events: BatchCallEvents) {
    this.#events = events;
    this.#call = connection.batchAppend();
    this.#call.on('data', (response) => {
      this.#hasAnswered = true;
      const pending = this.#take(response.getCorrelationId()?.getString() ?? '');
      // An answer that comes after its deadline is dropped.
      pending?.settle(outcomeOf(response, pending));
      events.answered();
    });
    this.#call.on('error', (error) => this.#end(error));
    this.#call.on('end', () => this.#end(new CallEnded('the call was ended by the server')));
  }

  hasRoomFor({ message }: PendingAppend): boolean {
    if (this.#pending.size === 0) return true;
    return this.#pending.size < MOST_APPENDS && this.#bytes + message.length <= MOST_BYTES;
  }

  send(append: PendingAppend): void {
    this.#pending.set(append.correlationId, append);
    this.#bytes += append.message.length;
    // What `write` answers does not matter: no more is in flight than fits, and a write that never drains runs into the
    // append's deadline.
    this.#call.write(append.message);
  }

  /** Settles those whose time is over. @returns them. */
  expire(turn: number, outcome: AppendOutcome): readonly PendingAppend[] {
    const expired: PendingAppend[] = [];
    for (const append of this.#pending.values()) {
      if (append.overAtTurn > turn) break;
      this.#take(append.correlationId);
      append.settle(outcome);
      expired.push(append);
    }
    return expired;
  }

  /** Ends the call in good order, for when nothing is on it any more. */
  close(): void {
    this.#isOver = true;
    this.#call.end();
  }

  #take(correlationId: string): PendingAppend | undefined {
    const append = this.#pending.get(correlationId);
    if (append === undefined) return undefined;
    this.#pending.delete(correlationId);
    this.#bytes -= append.message.length;
    return append;
  }

  #end(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const outcome = this.#outcomeOfLoss(error);
    const appends = [...this.#pending.values()];
    this.#pending.clear();
    for (const { settle } of appends) settle(outcome);
    this.#events.lost(error);
  }

  #outcomeOfLoss(error: Error): AppendOutcome {
    const message = this.#events.explain(error);
    if (!wasNeverTaken(error, this.#hasAnswered)) return { kind: 'unknown', message };
    const code = classifyError(error) === 'auth' ? 'unauthorized' : 'unavailable';
    return { kind: 'refused', refusal: { code, message } };
  }
}
