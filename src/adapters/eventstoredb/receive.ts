import type { ClientReadableStream } from '@grpc/grpc-js';
import type { ReadRequest, ReadResp } from './protocol.ts';

export type Take = (response: ReadResp) => 'more' | 'enough';

/** Asks, and hands over what is answered until it ends or `take` has enough. */
export type Read = (request: ReadRequest, take: Take) => Promise<void>;

/** Hands over what a read answers until it ends or `take` has enough. @throws the driver's errors. */
export function receive(call: ClientReadableStream<ReadResp>, take: Take): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    call.on('data', (response: ReadResp) => {
      if (isOver) return;
      try {
        isOver = take(response) === 'enough';
        if (!isOver) return;
        resolve();
      } catch (error) {
        isOver = true;
        reject(error);
      }
      call.cancel();
    });
    call.on('end', resolve);
    call.on('error', reject);
  });
}
