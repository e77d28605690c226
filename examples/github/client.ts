import { setTimeout as pause } from 'node:timers/promises';
import type { Webhook } from './webhooks.ts';

export interface SeenEvent {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly attempts: number;
  /** Of a dead letter: `null` until it is explained. */
  readonly explanation?: {
    readonly summary: string;
    readonly probableCause: string;
    readonly provider: string;
  } | null;
}

/** How long a client keeps trying before it gives an event up and says so. */
const GIVE_UP_AFTER_MS = 60_000;

/** What a careful client does: the same key for every try of one event, and no end before a 2xx. */
export class Client {
  readonly #url: string;
  readonly #headers: Record<string, string>;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#headers = { authorization: `Bearer ${token}` };
  }

  async post({ type, payload, fingerprint }: Webhook, source: string): Promise<void> {
    const giveUpAt = Date.now() + GIVE_UP_AFTER_MS;
    for (let delayMs = 100; ; delayMs = Math.min(delayMs * 2, 2_000)) {
      const answer = await fetch(`${this.#url}/v1/events`, {
        method: 'POST',
        headers: {
          ...this.#headers,
          'content-type': 'application/json',
          'idempotency-key': `${source}/${fingerprint}`,
        },
        body: JSON.stringify({ type, source, payload }),
      }).catch((error: Error) => error);
      if (answer instanceof Response) {
        if (answer.ok) {
          await answer.body?.cancel();
          return;
        }
        if (answer.status < 500 && answer.status !== 429)
          throw new Error(`${type} was refused with ${answer.status}: ${await answer.text()}`);
      }
      if (Date.now() > giveUpAt)
        throw new Error(
          `${type} was not accepted within ${GIVE_UP_AFTER_MS / 1_000} s; the last answer was ${answer instanceof Response ? answer.status : answer.message}`,
        );
      await pause(delayMs);
    }
  }

  /** All events of one source, as the read tables show them. */
  async events(source: string): Promise<readonly SeenEvent[]> {
    const seen: SeenEvent[] = [];
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ source, limit: '200', ...(cursor === null ? {} : { cursor }) });
      const answer = await fetch(`${this.#url}/v1/events?${query.toString()}`, { headers: this.#headers });
      if (!answer.ok) throw new Error(`The list of events answered ${answer.status}: ${await answer.text()}`);
      const page = (await answer.json()) as { items: SeenEvent[]; nextCursor: string | null };
      seen.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return seen;
  }
}
