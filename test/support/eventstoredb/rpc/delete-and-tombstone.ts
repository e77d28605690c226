import type { DeleteReq, DeleteResp, TombstoneReq, TombstoneResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerUnaryCall } from '@grpc/grpc-js';
import type { CallFault } from '../faults/fault.ts';
import { refusalBy } from '../faults/fault-board.ts';
import type { WriteOutcome } from '../log/database.ts';
import { streams } from '../stubs.ts';
import { answerOnce } from './answer-once.ts';
import { noExpectation } from './append.ts';
import { type Expectation, readExpectation } from './expected-revision.ts';
import { readStreamName } from './proposed-event.ts';
import { rpcErrors } from './rpc-errors.ts';
import { holdAnswer, type ServerContext } from './server-context.ts';

export const deleteRpc = (context: ServerContext) =>
  answerOnce(async ({ request }: ServerUnaryCall<DeleteReq, DeleteResp>) => {
    const at = await remove(context, { how: 'soft', options: request.getOptions(), request: 'DeleteReq' });
    const position = new streams.DeleteResp.Position().setCommitPosition(at).setPreparePosition(at);
    return new streams.DeleteResp().setPosition(position);
  });

export const tombstoneRpc = (context: ServerContext) =>
  answerOnce(async ({ request }: ServerUnaryCall<TombstoneReq, TombstoneResp>) => {
    const at = await remove(context, { how: 'hard', options: request.getOptions(), request: 'TombstoneReq' });
    const position = new streams.TombstoneResp.Position().setCommitPosition(at).setPreparePosition(at);
    return new streams.TombstoneResp().setPosition(position);
  });

interface Removal {
  readonly how: 'soft' | 'hard';
  readonly options: DeleteReq.Options | TombstoneReq.Options | undefined;
  readonly request: string;
}

/** @returns where the delete stands in the log. */
async function remove(context: ServerContext, { how, options, request }: Removal): Promise<string> {
  if (options === undefined) throw rpcErrors.exceptionInHandler();
  const fault = context.faults.strike('delete');
  const refusal = refusalBy(fault, context.self);
  if (refusal) throw refusal;
  const expected = readExpectation(options, options.hasRevision() ? options.getRevision() : undefined);
  if (expected === undefined) throw noExpectation(request);
  const stream = readStreamName(options.getStreamIdentifier());
  const outcome = await context.database.deleteStream(stream, expected.value, how);
  await holdAnswer(context, fault);
  return positionIn(outcome, { stream, expected, fault });
}

interface Request {
  readonly stream: string;
  readonly expected: Expectation;
  readonly fault: CallFault | undefined;
}

function positionIn(outcome: WriteOutcome, { stream, expected, fault }: Request): string {
  // A delete has an id of its own and is never a repeated one.
  if (fault?.fault === 'time-out' || outcome.kind === 'dropped') throw rpcErrors.timeout('Commit phase timeout.');
  if (outcome.kind === 'deleted') throw rpcErrors.streamDeleted(stream);
  if (outcome.kind === 'conflict') throw rpcErrors.deleteConflict(stream, expected.digits, String(outcome.current));
  return String(outcome.position);
}
