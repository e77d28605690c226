import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from '../load/ask.ts';
import { fateOf, types } from '../load/fates.ts';
import type { WitnessFile } from '../load/witness-file.ts';

/** How one attempt to post an event ended. */
export type Answer = { readonly tookMs: number } & (
  | { readonly kind: 'taken' }
  /** As a problem document, or what else it was. */
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly mediaType: string }
  /** The connection broke, or nothing came before the client's patience ended. */
  | { readonly kind: 'none'; readonly why: string }
);

export interface SteadyClients {
  /** Every attempt so far, in the order of the answers. */
  readonly answers: readonly Answer[];
  /** Resolves once so many more events have their 2xx. */
  untilTaken(count: number): Promise<void>;
  /** Resolves once so many more attempts were refused. */
  untilRefused(count: number): Promise<void>;
  /** Posts no new event; resolves once each one that was posted has its 2xx. @throws when one does not get it. */
  stop(): Promise<void>;
}

export interface SteadyClientsOptions {
  readonly service: Service;
  readonly witness: WitnessFile;
  readonly source: string;
  readonly perSecond: number;
  /** In each event, beside its number. */
  readonly ballast?: string;
}

/** Who waits for an answer posts nothing else meanwhile. */
const CLIENTS = 64;
const TRY_AGAIN_AFTER_MS = 250;
/** What clients of HTTP commonly have. */
const PATIENCE_MS = 30_000;
const LONGEST_WAIT_MS = 150_000;

/** They post at an even pace, and give no event up before they have a 2xx for it, always under the same key. */
export function steadyClients(options: SteadyClientsOptions): SteadyClients {
  const { witness, source, perSecond } = options;
  const answers: Answer[] = [];
  const stopping = new AbortController();
  let numbers = 0;
  let taken = 0;
  let nextAt = performance.now();

  const postUntilTaken = async (number: number) => {
    const giveUpAt = performance.now() + LONGEST_WAIT_MS;
    const payload = JSON.stringify({ number, ballast: options.ballast ?? '' });
    for (;;) {
      const { eventId, ...answer } = await post(options, number, payload);
      if (eventId !== undefined) {
        await witness.acknowledged({ eventId, idempotencyKey: `${source}/${number}`, payload });
        taken++;
      }
      answers.push(answer);
      if (eventId !== undefined) return;
      // By RFC 9110, section 15.5.9, what came too late may be sent again.
      const isFinal = answer.kind === 'refused' && answer.status < 500 && answer.status !== 408;
      if (isFinal || performance.now() > giveUpAt)
        throw new Error(`Event ${number} got no 2xx: ${JSON.stringify(answer)}`);
      await pause(TRY_AGAIN_AFTER_MS);
    }
  };
  const postInTurn = async () => {
    while (!stopping.signal.aborted) {
      const now = performance.now();
      // Time that was lost is not made up for.
      nextAt = Math.max(nextAt + 1_000 / perSecond, now);
      const isTurn = await pause(nextAt - now, true, { signal: stopping.signal }).catch(() => false);
      if (isTurn) await postUntilTaken(numbers++);
    }
  };
  const posting = Promise.all(Array.from({ length: CLIENTS }, postInTurn));
  // Told by whoever waits.
  posting.catch(() => {});

  const until = async (what: string, isSo: () => boolean) => {
    const giveUpAt = performance.now() + LONGEST_WAIT_MS;
    while (!isSo()) {
      if (performance.now() > giveUpAt) throw new Error(`${what}: not within ${LONGEST_WAIT_MS / 1_000} s`);
      await Promise.race([pause(20), posting]);
    }
  };
  const refused = () => answers.filter(({ kind }) => kind === 'refused').length;
  return {
    answers,
    untilTaken: (count) => {
      const wanted = taken + count;
      return until(`${count} more events with a 2xx`, () => taken >= wanted);
    },
    untilRefused: (count) => {
      const wanted = refused() + count;
      return until(`${count} more refusals`, () => refused() >= wanted);
    },
    stop: async () => {
      stopping.abort();
      await posting;
    },
  };
}

async function post(
  { service, source }: SteadyClientsOptions,
  number: number,
  payload: string,
): Promise<Answer & { readonly eventId?: string }> {
  const beganAt = performance.now();
  const took = () => ({ tookMs: performance.now() - beganAt });
  try {
    const response = await fetch(`${service.urls[number % service.urls.length]}/v1/events`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${service.token}`,
        'content-type': 'application/json',
        'idempotency-key': `${source}/${number}`,
      },
      body: `{"type":"${types[fateOf(number)]}","source":"${source}","payload":${payload}}`,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const { status, headers } = response;
    const { id = '', code = '' } = (await response.json()) as { readonly id?: string; readonly code?: string };
    if (response.ok) return { kind: 'taken', eventId: id, ...took() };
    return { kind: 'refused', status, code, mediaType: headers.get('content-type')?.split(';')[0] ?? '', ...took() };
  } catch (error) {
    return { kind: 'none', why: String(error), ...took() };
  }
}

/** How often each kind of answer came, such as `{ taken: 90, '503 log-unavailable': 10 }`. */
export function countAnswers(answers: readonly Answer[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const answer of answers) {
    const name = nameOf(answer);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function nameOf(answer: Answer): string {
  if (answer.kind === 'taken') return 'taken';
  if (answer.kind === 'none') return `none: ${answer.why}`;
  const isProblem = answer.mediaType === 'application/problem+json';
  return `${answer.status} ${answer.code}${isProblem ? '' : ` as ${answer.mediaType}`}`;
}
