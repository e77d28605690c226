import type { ClientReadableStream } from '@grpc/grpc-js';
import type { ReadRequest, ReadResp } from './protocol.ts';

/** Asks, and hands over what is answered until it ends or `take` has enough. */
export type Read = (request: ReadRequest, take: (response: ReadResp) => 'more' | 'enough') => Promise<void>;

/** Hands over what a read answers until it ends or `take` has enough. @throws the driver's errors. */
export function receive(
  call: ClientReadableStream<ReadResp>,
  take: (response: ReadResp) => 'more' | 'enough',
): Promise<void> {
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
