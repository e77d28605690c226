import type { Clock } from '../application/ports/clock.ts';
import type { ReadinessCheck } from './dependencies.ts';

/** What is wrong with each part, in words; `null` where nothing is. */
export type Readiness = Readonly<Record<string, string | null>>;

/**
 * The checks, for all who ask in this process: a part is asked by one at a time, and what it said is believed for
 * `freshMs`. One that does not answer within `patienceMs` is not ready.
 */
export function shareChecks(
  checks: readonly ReadinessCheck[],
  options: { readonly clock: Clock; readonly freshMs: number; readonly patienceMs: number },
): readonly ReadinessCheck[] {
  return checks.map((each) => ({ ...each, check: shared(each, options) }));
}

function shared(
  { check }: ReadinessCheck,
  { clock, freshMs, patienceMs }: { readonly clock: Clock; readonly freshMs: number; readonly patienceMs: number },
): ReadinessCheck['check'] {
  let underWay: Promise<string | null> | null = null;
  let last: { readonly unhealthyReason: string | null; readonly at: number } | null = null;
  const ask = async () => {
    const answered = new AbortController();
    const tooLate = clock.sleep(patienceMs, answered.signal).then(() => 'gave no answer in time');
    const unhealthyReason = await Promise.race([check().catch((error: Error) => error.message), tooLate]);
    answered.abort();
    last = { unhealthyReason, at: clock.now() };
    underWay = null;
    return unhealthyReason;
  };
  return async () => {
    const ageMs = last === null ? Number.POSITIVE_INFINITY : clock.now() - last.at;
    // A clock that was set back makes no answer younger.
    if (last !== null && ageMs >= 0 && ageMs < freshMs) return last.unhealthyReason;
    underWay ??= ask();
    return underWay;
  };
}

/** Asks every part at once. Never rejects. */
export async function askParts(checks: readonly ReadinessCheck[]): Promise<Readiness> {
  const ask = async ({ part, check }: ReadinessCheck) =>
    [part, await check().catch((error: Error) => error.message)] as const;
  return Object.fromEntries(await Promise.all(checks.map(ask)));
}

/** What anyone may know: no reason, because reasons name paths, addresses and what a database says. */
export const codesOf = (readiness: Readiness) =>
  Object.fromEntries(
    Object.entries(readiness).map(([part, unhealthyReason]) => [
      part,
      unhealthyReason === null ? 'ready' : 'not-ready',
    ]),
  );

/** What is wrong, for an operator. */
export const detailsOf = (readiness: Readiness) =>
  Object.fromEntries(Object.entries(readiness).filter(([, unhealthyReason]) => unhealthyReason !== null));
