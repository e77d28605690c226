import type { sendUnaryData } from '@grpc/grpc-js';
import { asRpcError } from './rpc-errors.ts';

/** An rpc with one answer: what `work` returns, or how it fails. */
export function answerOnce<Call, Response>(work: (call: Call) => Promise<Response>) {
  return (call: Call, answer: sendUnaryData<Response>): void => {
    work(call).then(
      (response) => answer(null, response),
      (error: unknown) => answer(asRpcError(error)),
    );
  };
}
