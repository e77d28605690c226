import type { Clock } from '../application/ports/clock.ts';
import type { ReadinessCheck } from './dependencies.ts';

/** What is wrong with each part, in words; `null` where nothing is. */
export type Readiness = Readonly<Record<string, string | null>>;

/** Asks every part at once. One that does not answer within `patienceMs` is not ready. Never rejects. */
export async function askParts(
  checks: readonly ReadinessCheck[],
  { clock, patienceMs }: { readonly clock: Clock; readonly patienceMs: number },
): Promise<Readiness> {
  const answered = new AbortController();
  const tooLate = clock.sleep(patienceMs, answered.signal).then(() => 'gave no answer in time');
  const ask = async (each: ReadinessCheck): Promise<[string, string | null]> => {
    const trouble = each.check().catch((error: Error) => error.message);
    return [each.part, await Promise.race([trouble, tooLate])];
  };
  const parts = await Promise.all(checks.map(ask));
  answered.abort();
  return Object.fromEntries(parts);
}

/** As it is told to whoever asks. */
export const wording = (readiness: Readiness) =>
  Object.fromEntries(Object.entries(readiness).map(([part, trouble]) => [part, trouble ?? 'ready']));
