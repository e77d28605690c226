import type { AppendReq, AppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerReadableStream } from '@grpc/grpc-js';
import type { CallFault } from '../faults/fault.ts';
import { refusalBy } from '../faults/fault-board.ts';
import { EXPECT_ANY, EXPECT_EXISTS, EXPECT_NO_STREAM } from '../log/commit-check.ts';
import type { NewEvent, WriteOutcome } from '../log/database.ts';
import { NO_STREAM } from '../log/stream-index.ts';
import { shared, streams } from '../stubs.ts';
import { answerOnce } from './answer-once.ts';
import { type Expectation, readExpectation } from './expected-revision.ts';
import {
  MAXIMUM_APPEND_BYTES,
  MissingProperty,
  proposedBytes,
  readNameToAppendTo,
  readProposedEvent,
} from './proposed-event.ts';
import { rpcErrors } from './rpc-errors.ts';
import { holdAnswer, pause, type ServerContext, WRITE_TIMEOUT_MS } from './server-context.ts';

const { AppendResp: Response } = streams;

interface ReadAppend {
  readonly stream: string;
  readonly expected: Expectation;
  readonly events: readonly NewEvent[];
}

/** One append, its options and its events each in a message of their own. */
export const appendRpc = (context: ServerContext) =>
  answerOnce(async (call: ServerReadableStream<AppendReq, AppendResp>) => {
    const fault = context.faults.strike('append');
    const refusal = refusalBy(fault, context.self);
    if (refusal) throw refusal;
    const append = await readAppend(call);
    const outcome = await context.database.append(append.stream, append.expected.value, append.events);
    await (outcome.kind === 'dropped' ? pause(WRITE_TIMEOUT_MS) : holdAnswer(context, fault));
    return responseTo(outcome, append, fault);
  });

async function readAppend(call: AsyncIterable<AppendReq>): Promise<ReadAppend> {
  const messages = call[Symbol.asyncIterator]();
  const options = (await messages.next()).value?.getOptions();
  if (options === undefined) throw rpcErrors.exceptionInHandler();
  const expected = readExpectation(options, options.hasRevision() ? options.getRevision() : undefined);
  if (expected === undefined) throw noExpectation('AppendReq');
  const events: NewEvent[] = [];
  let bytes = 0;
  for (let next = await messages.next(); next.done !== true; next = await messages.next()) {
    const proposed: AppendReq.ProposedMessage | undefined = next.value.getProposedMessage();
    if (proposed === undefined) throw rpcErrors.exceptionInHandler();
    bytes += proposedBytes(proposed);
    if (bytes > MAXIMUM_APPEND_BYTES) throw rpcErrors.maximumAppendSizeExceeded(MAXIMUM_APPEND_BYTES);
    events.push(readEvent(proposed));
  }
  return { stream: readNameToAppendTo(options.getStreamIdentifier()), expected, events };
}

function readEvent(proposed: AppendReq.ProposedMessage): NewEvent {
  try {
    return readProposedEvent(proposed);
  } catch (error) {
    throw error instanceof MissingProperty ? rpcErrors.requiredMetadataMissing(error.property) : error;
  }
}

export const noExpectation = (request: string) =>
  rpcErrors.invalidArgument(
    'None',
    `EventStore.Client.Streams.${request}+Types+Options+ExpectedStreamRevisionOneofCase`,
  );

function responseTo(outcome: WriteOutcome, { stream, expected }: ReadAppend, fault: CallFault | undefined): AppendResp {
  if (fault?.fault === 'time-out' || outcome.kind === 'dropped') throw rpcErrors.timeout('Commit phase timeout.');
  if (outcome.kind === 'deleted') throw rpcErrors.streamDeleted(stream);
  if (outcome.kind === 'conflict') {
    return new Response().setWrongExpectedVersion(wrongExpectedVersion(outcome.current, expected));
  }
  const success = new Response.Success();
  if (outcome.last === NO_STREAM) success.setNoStream(new shared.Empty());
  else success.setCurrentRevision(String(outcome.last));
  if (outcome.position < 0) success.setNoPosition(new shared.Empty());
  else {
    const position = String(outcome.position);
    success.setPosition(new Response.Position().setCommitPosition(position).setPreparePosition(position));
  }
  return new Response().setSuccess(success);
}

/** Everything is said twice: in the fields of today and in those of version 20.6.0. */
function wrongExpectedVersion(current: number, { value, digits }: Expectation): AppendResp.WrongExpectedVersion {
  const wrong = new Response.WrongExpectedVersion();
  const empty = () => new shared.Empty();
  if (current === NO_STREAM) wrong.setCurrentNoStream(empty()).setNoStream2060(empty());
  else wrong.setCurrentRevision(String(current)).setCurrentRevision2060(current);
  if (value === EXPECT_ANY) return wrong.setExpectedAny(empty()).setAny2060(empty());
  if (value === EXPECT_EXISTS) return wrong.setExpectedStreamExists(empty()).setStreamExists2060(empty());
  if (value === EXPECT_NO_STREAM) return wrong.setExpectedNoStream(empty());
  return wrong.setExpectedRevision(digits).setExpectedRevision2060(value);
}
