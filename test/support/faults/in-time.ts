import { setTimeout as wait } from 'node:timers/promises';

/** What `promise` resolves with. @throws when it has not within so long, with what was waited for. */
export async function inTime<Value>(waitingFor: string, longestMs: number, promise: Promise<Value>): Promise<Value> {
  const patience = new AbortController();
  const late = wait(longestMs, undefined, { signal: patience.signal }).then(() => {
    throw new Error(`${waitingFor}: not within ${longestMs / 1_000} s`);
  });
  // Aborted when it is no longer needed.
  late.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    patience.abort();
  }
}
