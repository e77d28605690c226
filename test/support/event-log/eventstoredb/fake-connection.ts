import { Duplex, Readable } from 'node:stream';
import type { BatchAppendReq, BatchAppendResp, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ClientDuplexStream, ClientReadableStream } from '@grpc/grpc-js';
import type { Connection } from '../../../../src/adapters/eventstoredb/connection.ts';
import { shared, streams } from '../../eventstoredb/stubs.ts';

/** A call whose other end is the test. */
export interface FakeCall<Response> {
  answer(response: Response): void;
  fail(error: Error): void;
  end(): void;
}

export interface FakeBatchCall extends FakeCall<BatchAppendResp> {
  /** What was sent, as a server reads it. */
  readonly appends: BatchAppendReq[];
  /** Tells the append that it is the stream's last revision now. */
  succeed(append: BatchAppendReq, lastRevision: number): void;
}

export interface FakeRead extends FakeCall<ReadResp> {
  readonly request: ReadReq | null;
  readonly stream: ClientReadableStream<ReadResp>;
}

export interface FakeConnection extends Connection {
  readonly batchCalls: FakeBatchCall[];
  readonly reads: FakeRead[];
  readonly isClosed: boolean;
}

const cancelled = () => new Error('1 CANCELLED: Cancelled on client');

export function fakeRead(request: ReadReq | null = null): FakeRead {
  const stream = new Readable({ objectMode: true, read: () => {} });
  return {
    request,
    stream: Object.assign(stream, { cancel: () => stream.destroy(cancelled()) }) as never,
    answer: (response) => void stream.push(response),
    fail: (error) => void stream.destroy(error),
    end: () => void stream.push(null),
  };
}

function fakeBatchCall(): { readonly fake: FakeBatchCall; readonly call: ClientDuplexStream<Buffer, BatchAppendResp> } {
  const appends: BatchAppendReq[] = [];
  const call = new Duplex({
    objectMode: true,
    read: () => {},
    write: (message: Buffer, _encoding, done) => {
      appends.push(streams.BatchAppendReq.deserializeBinary(message));
      done();
    },
  });
  const answer = (response: BatchAppendResp) => void call.push(response);
  const fake: FakeBatchCall = {
    appends,
    answer,
    succeed: (append, lastRevision) =>
      answer(
        new streams.BatchAppendResp()
          .setCorrelationId(append.getCorrelationId() ?? new shared.UUID())
          .setSuccess(new streams.BatchAppendResp.Success().setCurrentRevision(String(lastRevision))),
      ),
    fail: (error) => void call.destroy(error),
    end: () => void call.push(null),
  };
  return { fake, call: Object.assign(call, { cancel: () => call.destroy(cancelled()) }) as never };
}

/** Answers the canary by itself, everything else when the test says so. */
export function fakeConnection(): FakeConnection {
  const batchCalls: FakeBatchCall[] = [];
  const reads: FakeRead[] = [];
  const open: { cancel(): void }[] = [];
  const track = <Call extends { cancel(): void; on(event: 'error', listener: () => void): unknown }>(call: Call) => {
    call.on('error', () => {});
    open.push(call);
    return call;
  };
  let isClosed = false;
  return {
    batchCalls,
    reads,
    get isClosed() {
      return isClosed;
    },
    batchAppend: () => {
      const { fake, call } = fakeBatchCall();
      batchCalls.push(fake);
      return track(call);
    },
    read: (request) => {
      const read = fakeRead(request);
      if (isCanary(request)) read.end();
      else reads.push(read);
      return track(read.stream);
    },
    serverVersion: async () => '24.10.14',
    close: () => {
      isClosed = true;
      for (const call of open) call.cancel();
    },
  };
}

const isCanary = (request: ReadReq) => {
  const name = request.getOptions()?.getStream()?.getStreamIdentifier()?.getStreamName_asU8();
  return name !== undefined && Buffer.from(name).toString() === 'eventops-canary';
};
