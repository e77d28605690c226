import type { Envelope } from '../../application/envelope.ts';
import { isEnded } from '../../domain/event/status.ts';
import type { Transition } from '../../domain/event/transitions.ts';
import type { EventView } from '../../projections/events/queries.ts';

/** The body of `POST /v1/events`. */
export interface EventAsPosted {
  readonly type: string;
  readonly payload: unknown;
  /** `test` by default. */
  readonly source?: string;
  readonly orderingKey?: string;
}

/** An event as the API shows it. */
export type EventAsSeen = Omit<EventView, 'payload' | 'clientId'> & { readonly payload: unknown };

/** One entry of an event's history. */
export type TransitionAsSeen = Omit<Envelope, 'type'> & Transition & { readonly hash: string };

export interface TestClient {
  /** Posts an event; one that was posted under the same key is given back instead. @throws for whatever is no 2xx. */
  post(event: EventAsPosted, idempotencyKey?: string): Promise<EventAsSeen>;
  /**
   * The event once it is PROCESSED, a dead letter or discarded.
   * @param timeoutMs 4,000 by default: less than a test has with most runners, so that this is the error that is seen.
   * @throws when it has not come to an end by then, with how far it came.
   */
  end(id: string, timeoutMs?: number): Promise<EventAsSeen>;
  /** Every transition of the event, from the log. */
  history(id: string): Promise<readonly TransitionAsSeen[]>;
}

// Taken before a test replaces it, for its handlers.
const { fetch } = globalThis;

/** Asks the API at `url`. */
export function createTestClient(url: string, token: string): TestClient {
  async function ask<Answer>(path: string, headers: Record<string, string> = {}, body?: object): Promise<Answer> {
    const method = body === undefined ? 'GET' : 'POST';
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Answer;
  }
  return {
    post: (event, idempotencyKey) => {
      const key: Record<string, string> = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
      return ask('/v1/events', { 'content-type': 'application/json', ...key }, { source: 'test', ...event });
    },
    end: async (id, timeoutMs = 4_000) => {
      const event = await ask<EventAsSeen>(`/v1/events/${id}?waitFor=PROCESSED&timeoutMs=${timeoutMs}`);
      if (isEnded(event.status)) return event;
      const reason = event.errorReason === null ? '' : `, after a failure: ${event.errorReason}`;
      const due = event.nextAttemptAt === null ? '' : `; the next attempt is due at ${event.nextAttemptAt}`;
      throw new Error(`The event ${id} is still ${event.status} after ${timeoutMs} ms${reason}${due}`);
    },
    history: async (id) => (await ask<{ readonly items: TransitionAsSeen[] }>(`/v1/events/${id}/history`)).items,
  };
}
