import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { FaultBoard } from '../faults/fault-board.ts';
import { asRpcError, type RpcError } from './rpc-errors.ts';

/** A message, or its encoded bytes. */
export type ReadMessage = ReadResp | Buffer;
export type ReadCall = ServerWritableStream<ReadReq, ReadMessage>;

/** The client has gone, or the server has ended the call: there is nothing left to do. */
export class CallOver extends Error {}

/** The answers to a read, at the client's pace. */
export class Outbox {
  readonly #call: ReadCall;
  readonly #faults: FaultBoard;
  #over = false;

  constructor(call: ReadCall, faults: FaultBoard) {
    this.#call = call;
    this.#faults = faults;
    call.once('cancelled', () => {
      this.#over = true;
    });
  }

  get isOver(): boolean {
    return this.#over || this.#call.cancelled;
  }

  /**
   * @returns what to wait for before anything more is sent, where the client does not keep up.
   * @throws {CallOver}
   */
  send(message: ReadMessage): Promise<void> | undefined {
    if (this.isOver) throw new CallOver();
    if (this.#faults.silence) return this.#faults.silence.then(() => this.send(message));
    return this.#call.write(message) ? undefined : this.#drained();
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        this.#call.off('drain', go);
        this.#call.off('cancelled', go);
        resolve();
      };
      this.#call.once('drain', go);
      this.#call.once('cancelled', go);
    });
  }

  /**
   * Waits for something.
   * @throws {CallOver} where the call has ended meanwhile.
   */
  async whileOpen(something: Promise<void>): Promise<void> {
    await something;
    if (this.isOver) throw new CallOver();
  }

  /** Settles when the client gives up. */
  cancelled(): Promise<void> {
    return new Promise((resolve) => this.#call.once('cancelled', resolve));
  }

  end(): void {
    if (this.isOver) return;
    this.#over = true;
    this.#call.end();
  }

  fail(error: RpcError): void {
    if (this.isOver) return;
    this.#over = true;
    this.#call.emit('error', error);
  }

  /** Ends the call as `work` ends. */
  async follow(work: Promise<void>): Promise<void> {
    try {
      await work;
      this.end();
    } catch (error) {
      if (!(error instanceof CallOver)) this.fail(asRpcError(error));
    }
  }
}
