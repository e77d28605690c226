import type { StreamIdentifier } from '@eventstore/db-client/generated/shared_pb.js';
import type { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { NewEvent } from '../log/database.ts';
import { noExpectation } from './append.ts';
import { type Expectation, readExpectation } from './expected-revision.ts';
import { MAXIMUM_APPEND_BYTES, proposedBytes, readProposedEvent } from './proposed-event.ts';
import { WRITE_TIMEOUT_MS } from './server-context.ts';

/** An append of a batch call while its messages come in. */
export class PendingAppend {
  readonly identifier: StreamIdentifier;
  readonly expected: Expectation;
  readonly events: NewEvent[] = [];
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;

  /** `expire` is called where the append is not complete and disposed of in time. */
  constructor(options: BatchAppendReq.Options, identifier: StreamIdentifier, expire: () => void) {
    this.identifier = identifier;
    const expected = readExpectation(options, options.hasStreamPosition() ? options.getStreamPosition() : undefined);
    if (expected === undefined) throw noExpectation('BatchAppendReq');
    this.expected = expected;
    this.#timer = setTimeout(expire, PendingAppend.timeLeftMs(options));
  }

  /** A deadline is a moment. */
  static timeLeftMs(options: BatchAppendReq.Options): number {
    const deadline = options.getDeadline();
    return deadline === undefined
      ? WRITE_TIMEOUT_MS
      : Math.min(WRITE_TIMEOUT_MS, deadline.toDate().getTime() - Date.now());
  }

  add(messages: readonly BatchAppendReq.ProposedMessage[]): void {
    for (const message of messages) {
      this.#bytes += proposedBytes(message);
      this.events.push(readProposedEvent(message));
    }
  }

  get isTooLarge(): boolean {
    return this.#bytes > MAXIMUM_APPEND_BYTES;
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
