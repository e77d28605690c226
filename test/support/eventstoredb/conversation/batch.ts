import { randomUUID } from 'node:crypto';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { shared, streams, Timestamp } from '../stubs.ts';
import { readUuid } from '../uuid.ts';
import { type AppendAnswer, batchAnswer, type Failure, failureOf } from './answers.ts';
import { type Expectation, expectOn, identifierOf, type LabelledEvent, proposedMessage } from './labelled-events.ts';

export interface BatchRequest {
  readonly stream?: string | undefined;
  readonly expected?: Expectation;
  readonly events?: readonly (string | LabelledEvent)[];
  readonly deadline?: Date;
  readonly isFinal?: boolean;
  /** Left out where another message of the same append goes before. */
  readonly correlationId?: string;
  readonly withoutOptions?: boolean;
}

/** One batch call. */
export class Batch {
  readonly #call: ClientDuplexStream<BatchAppendReq, BatchAppendResp>;
  readonly #answers = new Map<string, AppendAnswer[]>();
  readonly #waiting = new Map<string, (answer: AppendAnswer) => void>();
  /** How the call ended. */
  readonly ended: Promise<'complete' | Failure>;

  constructor(call: ClientDuplexStream<BatchAppendReq, BatchAppendResp>) {
    this.#call = call;
    call.on('data', (response: BatchAppendResp) => this.#receive(response));
    this.ended = new Promise((resolve) => {
      call.once('error', (error: ServiceError) => resolve(failureOf(error)));
      call.once('end', () => setImmediate(() => resolve('complete')));
    });
    void this.ended.then((how) => {
      if (how !== 'complete') for (const settle of this.#waiting.values()) settle(how);
    });
  }

  /** @returns the correlation id. */
  request(asked: BatchRequest): string {
    const { stream, expected = 'any', events = [], deadline, isFinal = true, correlationId = randomUUID() } = asked;
    const request = new streams.BatchAppendReq().setIsFinal(isFinal);
    request.setCorrelationId(new shared.UUID().setString(correlationId));
    if (asked.withoutOptions !== true) {
      const options = new streams.BatchAppendReq.Options();
      if (stream !== undefined) options.setStreamIdentifier(identifierOf(stream));
      expectOn(options, expected, (revision) => options.setStreamPosition(revision));
      if (deadline) options.setDeadline(Timestamp.fromDate(deadline));
      request.setOptions(options);
    }
    request.setProposedMessagesList(
      events.map((event) => proposedMessage(streams.BatchAppendReq.ProposedMessage, event)),
    );
    this.#call.write(request);
    return correlationId;
  }

  #receive(response: BatchAppendResp): void {
    const id = readUuid(response.getCorrelationId());
    const answer = batchAnswer(response);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting) waiting(answer);
    else this.#answers.set(id, [...(this.#answers.get(id) ?? []), answer]);
  }

  /** The first answer that has not been asked for yet. */
  answerTo(correlationId: string): Promise<AppendAnswer> {
    const answer = this.#answers.get(correlationId)?.shift();
    if (answer) return Promise.resolve(answer);
    return new Promise((resolve) => this.#waiting.set(correlationId, resolve));
  }

  halfClose(): void {
    this.#call.end();
  }
  close(): void {
    this.#call.cancel();
  }
}
