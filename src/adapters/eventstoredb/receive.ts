import type { ClientReadableStream } from '@grpc/grpc-js';
import type { ReadRequest, ReadResp } from './protocol.ts';

export type Take = (response: ReadResp) => 'more' | 'enough';

/** Asks, and hands over what is answered until it ends or `take` has enough. */
export type Read = (request: ReadRequest, take: Take) => Promise<void>;

/** Hands over what a read answers until it ends or `take` has enough. @throws the driver's errors, and what `take` throws. */
export function receive(call: ClientReadableStream<ReadResp>, take: Take): Promise<void> {
  const over = Promise.withResolvers<void>();
  let isOver = false;
  const finish = (settle: () => void) => {
    isOver = true;
    settle();
    call.cancel();
  };
  call.on('data', (response: ReadResp) => {
    if (isOver) return;
    try {
      if (take(response) === 'enough') finish(over.resolve);
    } catch (error) {
      finish(() => over.reject(error));
    }
  });
  call.on('end', over.resolve);
  call.on('error', over.reject);
  return over.promise;
}
