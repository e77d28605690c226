import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { ClientReadableStream } from '@grpc/grpc-js';
import { isFollowed } from '../../application/followed-streams.ts';
import type { RecordedTransition } from '../../application/ports/event-log.ts';
import { isBeyond } from './checkpoint.ts';
import { CallEnded } from './classify.ts';
import { decodeEvent, type Place, placeOf, type RecordedEvent } from './decode-event.ts';
import { Fifo } from './fifo.ts';
import type { ReadResp } from './protocol.ts';

type Where = Pick<Place, 'commit' | 'prepare'>;

type Arrival =
  | {
      readonly kind: 'transition';
      readonly transition: RecordedTransition;
      readonly place: Place;
      readonly bytes: number;
    }
  /** Everything up to here has arrived. */
  | { readonly kind: 'checkpoint'; readonly where: Where }
  | { readonly kind: 'caught-up' };

/** What a subscription hands over next. */
export type Taken =
  | { readonly kind: 'transitions'; readonly transitions: RecordedTransition[]; readonly last: Place }
  | { readonly kind: 'checkpoint'; readonly where: Where }
  | { readonly kind: 'caught-up' };

/** Held at most, so that a slow consumer slows the server down. The smaller bound counts. */
const MOST_ARRIVALS = 4_096;
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * What has arrived on a subscription, in the order of arrival. Checkpoints and `caught-up` stand between the transitions
 * where the server put them, and count only when they are taken: acting on them as they arrive would skip what is here
 * and not handled yet.
 */
export class Inbox {
  readonly #call: ClientReadableStream<ReadResp>;
  readonly #arrivals = new Fifo<Arrival>();
  readonly #isFollowed: (stream: string) => boolean;
  readonly confirmed: Promise<void>;
  /** Taken, and not handed over yet: transitions before it came first. */
  #checkpoint: Where | null = null;
  #bytes = 0;
  /** The last transition that has arrived. */
  #newest: Where | null;
  #end: Error | null = null;
  #change = Promise.withResolvers<void>();

  /** @param after the last transition that was handed over before: it is not taken again if the server repeats it. */
  constructor(call: ClientReadableStream<ReadResp>, after: Where | null, streamPrefixes?: readonly string[]) {
    this.#call = call;
    this.#newest = after;
    this.#isFollowed = (stream) => isFollowed(stream, streamPrefixes);
    const confirmation = Promise.withResolvers<void>();
    this.confirmed = confirmation.promise;
    this.confirmed.catch(() => {});
    const over = (error: Error) => {
      this.#end ??= error;
      confirmation.reject(this.#end);
      this.#change.resolve();
    };
    call.on('data', (response: ReadResp) => {
      try {
        if (response.hasConfirmation()) confirmation.resolve();
        else this.#arrive(response);
      } catch (error) {
        over(error as Error);
      }
    });
    call.on('error', over);
    call.on('end', () => over(new CallEnded('the subscription was ended by the server')));
  }

  /**
   * Resolves once there is something to take, and what came with it in the same read of the socket is here, too.
   * @throws why there will be nothing more.
   */
  async filled(): Promise<void> {
    while (this.#arrivals.size === 0 && this.#checkpoint === null) {
      if (this.#end) throw this.#end;
      this.#change = Promise.withResolvers();
      await this.#change.promise;
      await turnOfTheLoop();
    }
  }

  /** Transitions as far as they are here, at most `maxBatch`. Waits for nothing: a lone transition goes at once. */
  take(maxBatch: number): Taken | null {
    const transitions: RecordedTransition[] = [];
    let last: Place | null = null;
    for (let next = this.#arrivals.peek(); next; next = this.#arrivals.peek()) {
      if (next.kind === 'caught-up' && (last !== null || this.#checkpoint !== null)) break;
      if (next.kind === 'transition' && transitions.length === maxBatch) break;
      this.#arrivals.shift();
      if (next.kind === 'caught-up') return next;
      this.#checkpoint = next.kind === 'checkpoint' ? next.where : null;
      if (next.kind === 'checkpoint') continue;
      this.#bytes -= next.bytes;
      transitions.push(next.transition);
      last = next.place;
    }
    this.#regulate();
    if (last !== null) return { kind: 'transitions', transitions, last };
    const where = this.#checkpoint;
    this.#checkpoint = null;
    return where === null ? null : { kind: 'checkpoint', where };
  }

  #arrive(response: ReadResp): void {
    const event = response.getEvent()?.getEvent();
    const checkpoint = response.getCheckpoint();
    if (event !== undefined) this.#arriveEvent(event);
    else if (checkpoint !== undefined) {
      const where = {
        commit: BigInt(checkpoint.getCommitPosition()),
        prepare: BigInt(checkpoint.getPreparePosition()),
      };
      if (isBeyond(where, this.#newest)) this.#push({ kind: 'checkpoint', where });
    } else if (response.hasCaughtUp()) this.#push({ kind: 'caught-up' });
  }

  #arriveEvent(event: RecordedEvent): void {
    const place = placeOf(event);
    if (!isBeyond(place, this.#newest)) return;
    const transition = decodeEvent(event);
    if (transition === null || !this.#isFollowed(transition.stream)) return;
    this.#newest = place;
    const bytes = event.getData_asU8().length + event.getCustomMetadata_asU8().length;
    this.#bytes += bytes;
    this.#push({ kind: 'transition', transition, place, bytes });
  }

  #push(arrival: Arrival): void {
    this.#arrivals.push(arrival);
    this.#regulate();
    this.#change.resolve();
  }

  /** A paused call is not read, so the server's own flow control stops it. */
  #regulate(): void {
    const share = Math.max(this.#arrivals.size / MOST_ARRIVALS, this.#bytes / MOST_BYTES);
    if (share >= 1) this.#call.pause();
    else if (share <= 0.5 && this.#call.isPaused()) this.#call.resume();
  }
}
