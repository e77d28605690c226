import { AppendRefused, LogDamaged, LogUnavailable } from './failures.ts';
import type { Clock } from './ports/clock.ts';
import type { AppendOutcome, AppendRequest, EventLog } from './ports/event-log.ts';

type Log = Pick<EventLog, 'append' | 'readStream' | 'session'>;

/** What a request appends to. */
export interface Base {
  /** Of the transition at the expected revision; `null` when the stream is new. */
  readonly headId: string | null;
  /** The log's session in which it stood there. */
  readonly session: number;
}

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

/**
 * A certain answer, or a typed failure: `unknown` is resolved here by sending the identical request again. What is to be
 * appended to a transition that the log has lost meanwhile is a conflict, whatever stands at its revision now.
 */
export async function appendUntilKnown(
  log: Log,
  { clock, maxRetries, firstPauseMs, lastRetryAfterMs }: { readonly clock: Clock } & AppendLimits,
  request: AppendRequest,
  { headId, session }: Base,
  firstAt: number,
): Promise<Extract<AppendOutcome, { kind: 'appended' | 'conflict' }>> {
  let delayMs = firstPauseMs;
  let verifiedIn = session;
  for (let retries = 0; ; retries++) {
    let hindrance: AppendOutcome | null = null;
    // Again, where the connection was lost once more meanwhile.
    while (hindrance === null && verifiedIn !== log.session()) {
      const current = log.session();
      hindrance = await hindranceTo(log, request, headId);
      if (hindrance === null) verifiedIn = current;
    }
    const outcome = hindrance ?? (await log.append(request));
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

/** Why the request cannot be sent as it is in a new session; `null` when it can. */
async function hindranceTo(
  log: Log,
  { stream, expectedRevision }: AppendRequest,
  headId: string | null,
): Promise<AppendOutcome | null> {
  if (expectedRevision === 'no-stream') return null;
  try {
    const [head] = await log.readStream(stream, expectedRevision);
    return head?.id === headId ? null : { kind: 'conflict', actualRevision: head?.revision ?? 'no-stream' };
  } catch (error) {
    if (!(error instanceof LogUnavailable)) throw error;
    return { kind: 'refused', refusal: { code: 'unavailable', message: error.message } };
  }
}
