import { checkAppend } from '../../application/check-append.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { AppendOutcome, AppendRefusal, AppendRequest } from '../../application/ports/event-log.ts';
import type { Random } from '../../application/ports/random.ts';
import { BatchCall, type PendingAppend } from './batch-call.ts';
import type { Connection } from './connection.ts';
import { encodeAppend } from './encode-append.ts';
import { explain } from './explain.ts';
import { Fifo } from './fifo.ts';
import type { Address } from './parse-address.ts';
import type { SupervisedConnection } from './supervise-connection.ts';
import { UnresponsiveDetector } from './unresponsive-detector.ts';

/** What may wait while the server is slower than the callers. Beyond it, appends are refused at once. */
const MOST_WAITING_APPENDS = 8_192;
const MOST_WAITING_BYTES = 64 * 1024 * 1024;
/** One clock for all appends instead of a timer for each: they all have the same deadline. */
const TURNS_PER_DEADLINE = 4;

export interface AppenderOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly address: Address;
  readonly deadlineMs: number;
}

/** The only one in the process that appends: many at once, on one call of one connection. */
export class Appender {
  readonly #supervised: SupervisedConnection;
  readonly #options: AppenderOptions;
  readonly #detector: UnresponsiveDetector;
  readonly #stopTurning = new AbortController();
  readonly #waiting = new Fifo<PendingAppend>();
  #waitingBytes = 0;
  #call: { readonly batch: BatchCall; readonly connection: Connection } | null = null;
  #turn = 0;
  #isTurning = false;
  /** Correlation ids have the form of UUIDs and count upwards in the last twelve digits. */
  readonly #idPrefix: string;
  #ids = 0;
  #unsettled = 0;
  #closing: PromiseWithResolvers<void> | null = null;

  constructor(supervised: SupervisedConnection, options: AppenderOptions) {
    this.#supervised = supervised;
    this.#options = options;
    this.#detector = new UnresponsiveDetector(supervised.unresponsive);
    this.#idPrefix = options.random.uuid().slice(0, -12);
  }

  async append(request: AppendRequest): Promise<AppendOutcome> {
    const checked = checkAppend(request);
    if ('refusal' in checked) return { kind: 'refused', refusal: checked.refusal };
    const reason = this.#reasonToRefuse();
    if (reason !== null) return unavailable(reason);
    const correlationId = this.#idPrefix + (this.#ids++).toString(16).padStart(12, '0');
    const message = encodeAppend(request, correlationId);
    const { stream, transitions } = request;
    return new Promise((resolve) => {
      const settle = (outcome: AppendOutcome) => {
        this.#unsettled--;
        resolve(outcome);
        if (this.#unsettled === 0) this.#closing?.resolve();
      };
      const overAtTurn = this.#turn + TURNS_PER_DEADLINE;
      const lossesBefore = this.#supervised.losses();
      const answersBefore = this.#detector.answers;
      this.#unsettled++;
      this.#waitingBytes += message.length;
      this.#waiting.push({
        correlationId,
        stream,
        count: transitions.length,
        message,
        overAtTurn,
        lossesBefore,
        answersBefore,
        settle,
      });
      this.#sendWaiting();
      void this.#keepTurning();
    });
  }

  /** To be called when there is another connection, or none. */
  connectionChanged(): void {
    // Open before there is something to send: a call in progress notices at once, or by its keepalive, that the
    // connection is gone. Otherwise the first append or read after that would.
    this.#openCall();
    if (this.#supervised.isAway()) this.#refuseWaiting(() => true, this.#supervised.unhealthyReason() ?? '');
    this.#sendWaiting();
  }

  #sendWaiting(): void {
    for (let next = this.#waiting.peek(); next; next = this.#waiting.peek()) {
      if (next.lossesBefore !== this.#supervised.losses()) {
        this.#takeWaiting()?.settle({ kind: 'unknown', message: connectionLost(this.#options.address) });
        continue;
      }
      const batch = this.#openCall();
      if (!batch?.hasRoomFor(next)) return;
      this.#takeWaiting();
      batch.send(next);
    }
  }

  /** Resolves when everything has settled; takes nothing more. */
  async close(): Promise<void> {
    this.#closing ??= Promise.withResolvers();
    if (this.#unsettled === 0) this.#closing.resolve();
    await this.#closing.promise;
    this.#stopTurning.abort();
    this.#call?.batch.close();
  }

  #reasonToRefuse(): string | null {
    if (this.#closing) return 'The log is closed';
    if (this.#supervised.isAway()) return this.#supervised.unhealthyReason();
    return this.#waiting.size >= MOST_WAITING_APPENDS || this.#waitingBytes >= MOST_WAITING_BYTES
      ? `EventStoreDB at ${this.#options.address.label} is slower than we are: ${this.#waiting.size} appends wait`
      : null;
  }

  #openCall(): BatchCall | null {
    const connection = this.#supervised.current();
    if (this.#call === null && connection !== null) {
      const batch: BatchCall = new BatchCall(connection, {
        answered: () => {
          this.#detector.answered();
          this.#sendWaiting();
        },
        lost: (error) => {
          if (this.#call?.batch === batch) this.#call = null;
          this.#supervised.failed(connection, error);
          this.#sendWaiting();
        },
        explain: (error) => explain(error, this.#options.address),
      });
      this.#call = { batch, connection };
    }
    return this.#call?.batch ?? null;
  }

  #takeWaiting(): PendingAppend | undefined {
    const append = this.#waiting.shift();
    this.#waitingBytes -= append?.message.length ?? 0;
    return append;
  }

  /** These were not sent: it is certain that they were not written. */
  #refuseWaiting(which: (append: PendingAppend) => boolean, reason: string): void {
    for (let next = this.#waiting.peek(); next && which(next); next = this.#waiting.peek())
      this.#takeWaiting()?.settle(unavailable(reason));
  }

  async #keepTurning(): Promise<void> {
    if (this.#isTurning) return;
    this.#isTurning = true;
    const { clock, deadlineMs } = this.#options;
    while (this.#unsettled > 0) {
      await clock.sleep(deadlineMs / TURNS_PER_DEADLINE, this.#stopTurning.signal);
      this.#turn++;
      this.#expire();
    }
    this.#isTurning = false;
  }

  #expire(): void {
    const { address, deadlineMs } = this.#options;
    const late = `EventStoreDB at ${address.label} has not answered within ${deadlineMs} ms`;
    const call = this.#call;
    const expired = call?.batch.expire(this.#turn, { kind: 'unknown', message: late }) ?? [];
    for (const { answersBefore } of expired) if (call) this.#detector.unanswered(call.connection, answersBefore);
    this.#refuseWaiting(({ overAtTurn }) => overAtTurn <= this.#turn, `${late} enough to send more`);
  }
}

/** The log may have been put back to an older state before the next connection: the append was decided on the state before. */
const connectionLost = ({ label }: Address) => `The connection to EventStoreDB at ${label} was lost before it was sent`;

const unavailable = (message: string): AppendOutcome => {
  const refusal: AppendRefusal = { code: 'unavailable', message };
  return { kind: 'refused', refusal };
};
