import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { stumbles } from './stumbles.ts';

const AT_ONCE = 8;
const TRY_AGAIN_AFTER_MS = 50;

interface Options {
  readonly urls: () => readonly string[];
  readonly token: string;
}

export interface History {
  readonly items: readonly { readonly type: string }[];
  readonly verified: boolean;
}

/** Clients that give no event up before they have a 2xx for it: under the same key, and at another API when one is away. */
export function carefulClients({ urls, token }: Options) {
  const source = `load/${randomUUID()}`;
  const witness = new Map<number, string>();
  const authorization = `Bearer ${token}`;
  let numbers = 0;

  const ask = async (path: string, init: RequestInit = {}) => {
    for (let tries = 0; ; tries++) {
      const url = urls()[tries % urls().length];
      const answer = await fetch(`${url}${path}`, {
        ...init,
        headers: { authorization, ...init.headers },
        signal: AbortSignal.timeout(10_000),
      })
        .then(async (response) => ({ status: response.status, body: await response.json() }))
        .catch(() => null);
      if (answer !== null && answer.status < 300) return answer.body;
      if (answer !== null && answer.status < 500 && answer.status !== 429)
        throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      await pause(TRY_AGAIN_AFTER_MS);
    }
  };

  const postOne = async (number: number) => {
    const { id } = (await ask('/v1/events', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `${source}/${number}` },
      body: JSON.stringify({ type: 'load.posted', source, payload: { number } }),
    })) as { id: string };
    witness.set(number, id);
    return id;
  };

  return {
    /** The ids that were answered with a 2xx. */
    witnessed: () => new Set(witness.values()),
    /** Resolves when each of so many new events has its 2xx; with the id of a late one that does not stumble. */
    post: async (count: number): Promise<string> => {
      const end = numbers + count;
      let steady = '';
      const postInTurn = async () => {
        while (numbers < end) {
          const number = numbers++;
          const id = await postOne(number);
          if (!stumbles(number)) steady = id;
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, postInTurn));
      return steady;
    },
    /** Resolves when the event is PROCESSED, as its stream tells. */
    processed: async (id: string): Promise<void> => {
      let status = '';
      while (status !== 'PROCESSED')
        ({ status } = (await ask(`/v1/events/${id}?waitFor=PROCESSED&timeoutMs=5000`)) as { status: string });
    },
    /** Resolves with all rows when each witnessed event has one that says PROCESSED. */
    rows: async (): Promise<readonly { readonly id: string; readonly status: string }[]> => {
      for (;;) {
        const rows: { id: string; status: string }[] = [];
        let cursor: string | null = null;
        do {
          const query = new URLSearchParams({ source, limit: '200', ...(cursor === null ? {} : { cursor }) });
          const page = (await ask(`/v1/events?${query.toString()}`)) as {
            items: typeof rows;
            nextCursor: string | null;
          };
          rows.push(...page.items);
          cursor = page.nextCursor;
        } while (cursor !== null);
        if (rows.length >= witness.size && rows.every(({ status }) => status === 'PROCESSED')) return rows;
        await pause(TRY_AGAIN_AFTER_MS);
      }
    },
    history: async (id: string) => (await ask(`/v1/events/${id}/history`)) as History,
  };
}
