import { createServer } from 'node:net';

const FIRST = 20_000;
const LAST = 30_000;
let next = FIRST + (process.pid % (LAST - FIRST));

/** A loopback port that nothing listens on, below the range from which the system gives ports to clients. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1_000; tries++) {
    const port = FIRST + (next++ % (LAST - FIRST));
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port between ${FIRST} and ${LAST}`);
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
