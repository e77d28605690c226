import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range from which the system takes ports for outgoing connections, so that a port stays free over a restart. */
const [LOWEST_OF_ALL, HIGHEST_OF_ALL] = [20_000, 32_767];
const PROCESSES = 16;

/**
 * This process's share of the ports: what one test has killed, and is about to start again, must not find its port taken
 * by what another test starts beside it. Vitest numbers its processes from 1; what runs without it is number 0.
 */
const COUNT = Math.floor((HIGHEST_OF_ALL - LOWEST_OF_ALL + 1) / PROCESSES);
const LOWEST = LOWEST_OF_ALL + (Number(process.env['VITEST_POOL_ID'] ?? 0) % PROCESSES) * COUNT;
let next = randomInt(COUNT);

/**
 * A port of the loopback interface that nobody listens on, and that is not given out again by this process for as long as
 * possible: servers take seconds to start, and listen on their ports only then.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < COUNT; tries++) {
    const port = LOWEST + (next++ % COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port from ${LOWEST} to ${LOWEST + COUNT - 1}`);
}

export const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
