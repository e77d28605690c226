import type { AppendResp, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServiceError } from '@grpc/grpc-js';
import { grpc, shared } from '../stubs.ts';

/** How a call failed. */
export interface Failure {
  readonly code: string;
  readonly details: string;
  readonly exception?: string;
}

export type AppendAnswer =
  | { readonly revision: number | 'none'; readonly position: number | 'none' }
  | { readonly conflict: number | 'no-stream' }
  /** The words of a batch call's answer. */
  | { readonly status: string; readonly statusCode: number }
  | Failure;

export function failureOf(error: ServiceError): Failure {
  const [exception] = error.metadata?.get('exception') ?? [];
  return {
    code: grpc.status[error.code] ?? String(error.code),
    details: error.details,
    ...(exception === undefined ? {} : { exception: String(exception) }),
  };
}

interface Success {
  hasNoStream(): boolean;
  getCurrentRevision(): string;
  getPosition(): { getCommitPosition(): string } | undefined;
}

function written(success: Success): AppendAnswer {
  const position = success.getPosition();
  return {
    revision: success.hasNoStream() ? 'none' : Number(success.getCurrentRevision()),
    position: position ? Number(position.getCommitPosition()) : 'none',
  };
}

export function unaryAnswer(response: AppendResp): AppendAnswer {
  const [success, wrong] = [response.getSuccess(), response.getWrongExpectedVersion()];
  if (success) return written(success);
  return { conflict: wrong?.hasCurrentNoStream() ? 'no-stream' : Number(wrong?.getCurrentRevision()) };
}

export function batchAnswer(response: BatchAppendResp): AppendAnswer {
  const [success, error] = [response.getSuccess(), response.getError()];
  if (success) return written(success);
  const details = error?.getDetails();
  if (details?.getTypeName() !== 'event_store.client.WrongExpectedVersion') {
    return { status: error?.getMessage() ?? '', statusCode: error?.getCode() ?? 0 };
  }
  const wrong = shared.WrongExpectedVersion.deserializeBinary(details.getValue_asU8());
  return { conflict: wrong.hasCurrentNoStream() ? 'no-stream' : Number(wrong.getCurrentStreamRevision()) };
}
