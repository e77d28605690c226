import type { Clock } from './ports/clock.ts';

/** Something outside did not answer in time. Translated by the adapter that waited. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
}

const LATE = Symbol('late');

/**
 * The promise's own outcome if it comes in time. What the promise stands for goes on regardless.
 * @throws {DeadlinePassed} also as soon as `ending` aborts.
 */
export async function within<Outcome>(
  clock: Clock,
  deadlineMs: number,
  promise: Promise<Outcome>,
  ending?: AbortSignal,
): Promise<Outcome> {
  const settled = new AbortController();
  const over = ending ? AbortSignal.any([settled.signal, ending]) : settled.signal;
  const late = clock.sleep(deadlineMs, over).then(() => LATE);
  try {
    const first = await Promise.race([promise, late]);
    if (first === LATE) throw new DeadlinePassed(`no answer within ${deadlineMs} ms`);
    return first as Outcome;
  } finally {
    settled.abort();
  }
}
