import { AppendRefused, LogDamaged, LogUnavailable } from './failures.ts';
import type { Clock } from './ports/clock.ts';
import type { AppendOutcome, AppendRequest, EventLog } from './ports/event-log.ts';

export const appendLimits = {
  /**
   * An append without an answer is sent again, unchanged, this often, but not after so long: the adapter's deadline
   * bounds each, and all of them together have to end before clients stop waiting, which is after 30 s as a rule.
   */
  maxRetries: 4,
  lastRetryAfterMs: 10_000,
  /** Before the first of them; each further pause is three times as long. */
  firstPauseMs: 50,
} as const;
export type AppendLimits = { readonly [Limit in keyof typeof appendLimits]: number };

/** A certain answer, or a typed failure: `unknown` is resolved here by sending the identical request again. */
export async function appendUntilKnown(
  log: Pick<EventLog, 'append'>,
  { clock, maxRetries, firstPauseMs, lastRetryAfterMs }: { readonly clock: Clock } & AppendLimits,
  request: AppendRequest,
  firstAt: number,
): Promise<Extract<AppendOutcome, { kind: 'appended' | 'conflict' }>> {
  let delayMs = firstPauseMs;
  for (let retries = 0; ; retries++) {
    const outcome = await log.append(request);
    if (outcome.kind === 'appended' || outcome.kind === 'conflict') return outcome;
    const message = outcome.kind === 'refused' ? outcome.refusal.message : outcome.message;
    if (outcome.kind === 'refused' && outcome.refusal.code === 'damaged') throw new LogDamaged(message);
    if (outcome.kind === 'refused' && outcome.refusal.code !== 'unavailable')
      throw new AppendRefused(`${outcome.refusal.code}: ${message}`);
    // That a repeat is refused says nothing about what was sent before it.
    if (outcome.kind === 'refused' && retries === 0) throw new LogUnavailable(message);
    if (retries === maxRetries || clock.now() - firstAt >= lastRetryAfterMs)
      throw new LogUnavailable(
        `No certain answer to an append to ${request.stream} after ${retries} retries: ${message}`,
      );
    await clock.sleep(delayMs);
    delayMs *= 3;
  }
}
