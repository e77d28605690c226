import { get } from 'node:http';
import { reachableAt } from './listening.ts';

const ASK_EVERY_MS = 50;

/** Asks as a load balancer would, so that the ready line is never a lie. */
export async function untilReady(host: string, port: number): Promise<void> {
  // Not by `fetch`, which would be loaded for this alone.
  const isReady = () =>
    new Promise<boolean>((resolve) => {
      get({ host: reachableAt(host), port, path: '/readyz' }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      }).on('error', () => resolve(false));
    });
  // A process that ends before it is ready is not held by this.
  while (!(await isReady())) await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS).unref());
}
