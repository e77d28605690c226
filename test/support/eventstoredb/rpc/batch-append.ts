import type { StreamIdentifier } from '@eventstore/db-client/generated/shared_pb.js';
import type { Status } from '@eventstore/db-client/generated/status_pb.js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { CallFault } from '../faults/fault.ts';
import { refusalBy } from '../faults/fault-board.ts';
import type { WriteOutcome } from '../log/database.ts';
import { NO_STREAM } from '../log/stream-index.ts';
import { ProtobufEmpty, shared, streams } from '../stubs.ts';
import { readUuid, structuredUuid } from '../uuid.ts';
import { batchStatus } from './batch-status.ts';
import { PendingAppend } from './pending-append.ts';
import { readNameToAppendTo } from './proposed-event.ts';
import { asRpcError, rpcErrors } from './rpc-errors.ts';
import { holdAnswer, pause, type ServerContext, WRITE_TIMEOUT_MS } from './server-context.ts';

type BatchCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

/** Many appends on one call, each in one message or several; answered as they are done, in any order. */
export function batchAppendRpc(context: ServerContext) {
  return (call: BatchCall) => {
    const batch = new BatchAppend(context, call);
    call.on('data', (request: BatchAppendReq) => batch.receive(request));
    call.on('end', () => batch.receivedAll());
    call.on('cancelled', () => batch.close());
    call.on('error', () => batch.close());
  };
}

class BatchAppend {
  readonly #context: ServerContext;
  readonly #call: BatchCall;
  /**
   * Appends whose last message has not come yet, by correlation id; also those that had a bad request in them, which
   * EventStoreDB answers at once and then, since it does not forget them, with a timeout as well.
   */
  readonly #pending = new Map<string, PendingAppend>();
  #unanswered = 0;
  #receivedAll = false;
  #closed = false;

  constructor(context: ServerContext, call: BatchCall) {
    this.#context = context;
    this.#call = call;
  }

  receive(request: BatchAppendReq): void {
    if (this.#closed) return;
    try {
      this.#take(request);
    } catch (error) {
      const options = request.getOptions();
      // EventStoreDB trips over the missing options while it reports what was wrong.
      if (options === undefined) this.#fail(rpcErrors.exceptionInHandler());
      else this.#refuse(request, options.getStreamIdentifier(), batchStatus.badRequest((error as Error).message));
    }
  }

  #take(request: BatchAppendReq): void {
    const correlationId = readUuid(request.getCorrelationId());
    const options = request.getOptions();
    if (options && !this.#open(request, options, correlationId)) return;
    const append = this.#pending.get(correlationId);
    if (append === undefined) return;
    append.add(request.getProposedMessagesList());
    if (append.isTooLarge) {
      this.#forget(correlationId);
      this.#refuse(request, append.identifier, batchStatus.maximumAppendSizeExceeded());
    } else if (request.getIsFinal()) {
      this.#forget(correlationId);
      this.#write(request, append);
    }
  }

  /** @returns whether the append goes on. */
  #open(request: BatchAppendReq, options: BatchAppendReq.Options, correlationId: string): boolean {
    const identifier = options.getStreamIdentifier();
    if (identifier === undefined) {
      this.#refuse(request, undefined, batchStatus.badRequest('Required field StreamIdentifier not set.'));
      return false;
    }
    if (PendingAppend.timeLeftMs(options) <= 0) {
      this.#refuse(request, identifier, batchStatus.timeout());
      return false;
    }
    if (this.#pending.has(correlationId)) return true;
    const expire = () => this.#expire(correlationId, identifier);
    this.#pending.set(correlationId, new PendingAppend(options, identifier, expire));
    return true;
  }

  #forget(correlationId: string): void {
    this.#pending.get(correlationId)?.dispose();
    this.#pending.delete(correlationId);
  }

  #expire(correlationId: string, identifier: StreamIdentifier): void {
    this.#forget(correlationId);
    const response = new streams.BatchAppendResp().setCorrelationId(structuredUuid(correlationId));
    this.#send(response.setStreamIdentifier(identifier).setError(batchStatus.timeout()));
  }

  #write(request: BatchAppendReq, append: PendingAppend): void {
    const stream = readNameToAppendTo(append.identifier);
    const { faults, database, self } = this.#context;
    const fault = faults.strike('append');
    const status = statusBy(fault);
    if (status) {
      this.#refuse(request, append.identifier, status);
      return;
    }
    const refusal = refusalBy(fault, self);
    if (refusal) {
      this.#fail(refusal);
      return;
    }
    this.#unanswered += 1;
    void database.append(stream, append.expected.value, append.events).then(async (outcome) => {
      const held = outcome.kind === 'dropped' ? pause(WRITE_TIMEOUT_MS) : holdAnswer(this.#context, fault);
      if (held) await held;
      this.#unanswered -= 1;
      this.#send(responseTo(outcome, append, fault).setCorrelationId(request.getCorrelationId()));
      if (this.#receivedAll) this.#end();
    });
  }

  #refuse(request: BatchAppendReq, identifier: StreamIdentifier | undefined, status: Status): void {
    const response = new streams.BatchAppendResp().setCorrelationId(request.getCorrelationId()).setError(status);
    this.#send(response.setStreamIdentifier(identifier));
  }

  #send(response: BatchAppendResp): void {
    if (!this.#closed) this.#call.write(response);
  }

  #fail(error: unknown): void {
    this.close();
    this.#call.emit('error', asRpcError(error));
  }

  /** A half-closed call ends with the next answer that is due. Where none is due it stays open, as on a real server. */
  receivedAll(): void {
    this.#receivedAll = true;
  }

  #end(): void {
    if (this.#closed || this.#unanswered > 0) return;
    this.close();
    this.#call.end();
  }

  close(): void {
    this.#closed = true;
    for (const append of this.#pending.values()) append.dispose();
    this.#pending.clear();
  }
}

/** What a fault lets one append fail with, where the call itself goes on. */
function statusBy(fault: CallFault | undefined): Status | undefined {
  if (fault?.fault === 'server-busy') return batchStatus.serverBusy();
  if (fault?.fault === 'not-ready') return batchStatus.serverNotReady();
  return fault?.fault === 'access-denied' ? batchStatus.accessDenied() : undefined;
}

function responseTo(outcome: WriteOutcome, append: PendingAppend, fault: CallFault | undefined): BatchAppendResp {
  const { identifier, expected } = append;
  const answer = new streams.BatchAppendResp().setStreamIdentifier(identifier);
  if (fault?.fault === 'time-out' || outcome.kind === 'dropped') return answer.setError(batchStatus.timeout());
  if (outcome.kind === 'deleted') return answer.setError(batchStatus.streamDeleted(identifier));
  if (outcome.kind === 'conflict') return answer.setError(batchStatus.conflict(outcome.current, expected));
  const success = new streams.BatchAppendResp.Success();
  if (outcome.last === NO_STREAM) success.setNoStream(new ProtobufEmpty());
  else success.setCurrentRevision(String(outcome.last));
  if (outcome.position < 0) success.setNoPosition(new ProtobufEmpty());
  else {
    const position = String(outcome.position);
    success.setPosition(new shared.AllStreamPosition().setCommitPosition(position).setPreparePosition(position));
  }
  return answer.setSuccess(success);
}
