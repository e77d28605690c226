import type { ServerInterceptingCallInterface, ServerInterceptor } from '@grpc/grpc-js';
import { grpc } from '../stubs.ts';

type Message = Parameters<ServerInterceptingCallInterface['sendMessage']>[0];
type Status = Parameters<ServerInterceptingCallInterface['sendStatus']>[0];

/** What may wait for the socket together, of one call; with more, a slow client would be noticed late. */
const MOST_BYTES_ON_THEIR_WAY = 64 * 1024;
/** Of a message that is not encoded yet: those are answers without data. */
const SMALL_BYTES = 512;

/**
 * Lets a call hand over its next message before the socket has taken the one before. grpc-js waits for each, so that
 * every message is a turn of the event loop and a system call, which were 40 % of the server's time under load. What is
 * handed over in one turn travels together.
 */
export const sendTogether = (): ServerInterceptor => (_method, call) => new SendingTogether(call);

class SendingTogether extends grpc.ServerInterceptingCall {
  #bytesOnTheirWay = 0;
  /** Who waits for room: grpc-js hands over one message at a time. */
  #waiting: (() => void) | null = null;
  #end: (() => void) | null = null;

  override sendMessage(message: Message, handedOver: () => void): void {
    const bytes = Buffer.isBuffer(message) ? message.length : SMALL_BYTES;
    this.#bytesOnTheirWay += bytes;
    super.sendMessage(message, () => this.#sent(bytes));
    if (this.#bytesOnTheirWay < MOST_BYTES_ON_THEIR_WAY) process.nextTick(handedOver);
    else this.#waiting = handedOver;
  }

  /** The end comes after all messages, as if they had been waited for. */
  override sendStatus(status: Status): void {
    if (this.#bytesOnTheirWay === 0) super.sendStatus(status);
    else this.#end = () => super.sendStatus(status);
  }

  #sent(bytes: number): void {
    this.#bytesOnTheirWay -= bytes;
    if (this.#bytesOnTheirWay === 0) this.#end?.();
    if (this.#bytesOnTheirWay >= MOST_BYTES_ON_THEIR_WAY) return;
    const next = this.#waiting;
    this.#waiting = null;
    next?.();
  }
}
