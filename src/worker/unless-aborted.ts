/**
 * `promise`, or a rejection once `signal` aborts, whichever is first. Leaves no listener behind, as `Promise.race`
 * against one long-lived promise would with every call.
 */
export const unlessAborted = <Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> =>
  new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error('Stopped', { cause: signal.reason }));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
