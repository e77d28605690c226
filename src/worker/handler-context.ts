import { AsyncLocalStorage } from 'node:async_hooks';
import type { Caller } from '../application/outgoing-call.ts';

/** Takes what a handler threw where no code of ours could catch it: in a timer, or in a promise that it did not await. */
export interface Culprit {
  /** Whose requests to others are followed. */
  readonly caller?: Caller | undefined;
  threw(error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void;
}

const running = new AsyncLocalStorage<Culprit>();

/** Whatever `act` begins, also later, is the culprit's doing. */
export const onBehalfOf = <Result>(culprit: Culprit, act: () => Result): Result => running.run(culprit, act);

/** On whose behalf the present code runs. */
export const culprit = (): Culprit | undefined => running.getStore();

/**
 * Has errors that end the process fail the handler that is to blame for them. What no handler began goes to `other`.
 * Node keeps the context of a timer, a callback and a rejected promise, so that the culprit is known for certain.
 */
export function catchUncaught(other: (error: unknown) => void): () => void {
  const caught = (error: unknown, origin: NodeJS.UncaughtExceptionOrigin) => {
    const who = culprit();
    if (who === undefined) other(error);
    else who.threw(error, origin);
  };
  process.on('uncaughtException', caught);
  return () => void process.off('uncaughtException', caught);
}

/** Ends the process as Node does by itself. */
export function dieOf(error: unknown, stopCatching: () => void): void {
  stopCatching();
  process.nextTick(() => {
    throw error;
  });
}
