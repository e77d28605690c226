import type { Code as CodeValue } from '@eventstore/db-client/generated/code_pb.js';
import type { StreamIdentifier } from '@eventstore/db-client/generated/shared_pb.js';
import type { Status } from '@eventstore/db-client/generated/status_pb.js';
import { EXPECT_ANY, EXPECT_EXISTS, EXPECT_NO_STREAM } from '../log/commit-check.ts';
import { NO_STREAM } from '../log/stream-index.ts';
import { Any, Code, ProtobufEmpty, shared, status } from '../stubs.ts';
import type { Expectation } from './expected-revision.ts';
import { MAXIMUM_APPEND_BYTES } from './proposed-event.ts';

interface Message {
  serializeBinary(): Uint8Array;
}

function createStatus(code: CodeValue, message: string, detail: Message, detailType: string): Status {
  const details = new Any();
  details.pack(detail.serializeBinary(), detailType);
  return new status.Status().setCode(code).setMessage(message).setDetails(details);
}
const ofClient = (code: CodeValue, name: string, detail: Message) =>
  createStatus(code, name, detail, `event_store.client.${name}`);
const withoutDetail = (message: string) => createStatus(Code.OK, message, new ProtobufEmpty(), 'google.protobuf.Empty');

/** How BatchAppend reports the failure of one append; the call itself goes on. */
export const batchStatus = {
  conflict: (current: number, expected: Expectation) =>
    ofClient(Code.ALREADY_EXISTS, 'WrongExpectedVersion', wrongExpectedVersion(current, expected)),
  streamDeleted: (identifier: StreamIdentifier) =>
    ofClient(Code.NOT_FOUND, 'StreamDeleted', new shared.StreamDeleted().setStreamIdentifier(identifier)),
  timeout: () => ofClient(Code.DEADLINE_EXCEEDED, 'Timeout', new shared.Timeout()),
  maximumAppendSizeExceeded: () =>
    ofClient(
      Code.INVALID_ARGUMENT,
      'MaximumAppendSizeExceeded',
      new shared.MaximumAppendSizeExceeded().setMaxappendsize(MAXIMUM_APPEND_BYTES),
    ),
  badRequest: (message: string) =>
    ofClient(Code.INVALID_ARGUMENT, 'BadRequest', new shared.BadRequest().setMessage(message)),
  accessDenied: () => ofClient(Code.PERMISSION_DENIED, 'AccessDenied', new shared.AccessDenied()),
  serverBusy: () => withoutDetail('Server Is Busy'),
  serverNotReady: () => withoutDetail('Server Is Not Ready'),
};

function wrongExpectedVersion(current: number, { value, digits }: Expectation) {
  const wrong = new shared.WrongExpectedVersion();
  if (current === NO_STREAM) wrong.setCurrentNoStream(new ProtobufEmpty());
  else wrong.setCurrentStreamRevision(String(current));
  if (value === EXPECT_NO_STREAM) return wrong.setExpectedNoStream(new ProtobufEmpty());
  if (value === EXPECT_ANY) return wrong.setExpectedAny(new ProtobufEmpty());
  if (value === EXPECT_EXISTS) return wrong.setExpectedStreamExists(new ProtobufEmpty());
  return wrong.setExpectedStreamPosition(digits);
}
