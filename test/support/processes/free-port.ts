import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { portRange } from '../port-range.ts';

const [LOWEST, HIGHEST] = portRange('lower');
const COUNT = HIGHEST - LOWEST + 1;
let next = randomInt(COUNT);

/** A loopback port that nothing listens on, and that was not given out before for as long as possible. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < COUNT; tries++) {
    const port = LOWEST + (next++ % COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port from ${LOWEST} to ${HIGHEST}`);
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
