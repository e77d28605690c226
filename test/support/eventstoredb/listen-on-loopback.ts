import type { Server } from 'node:net';

export const LOOPBACK = '127.0.0.1';

/** @returns the port, which is a free one for 0. @throws where it is taken. */
export function listenOnLoopback(listener: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    listener.once('error', (error: NodeJS.ErrnoException) => {
      const taken = `port ${port} on ${LOOPBACK} is taken: stop what listens there, or name another port`;
      reject(error.code === 'EADDRINUSE' ? new Error(taken) : error);
    });
    listener.listen(port, LOOPBACK, () => {
      const address = listener.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
