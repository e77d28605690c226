import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** Of events whose handlers call another system, and of those whose do not. */
export const types = { calls: 'mail.sent', works: 'order.placed' } as const;

const EVERY_MS = 250;

/** Clients that post an event of each type and read a list again and again, whatever they are answered. */
export function startTraffic({ url, token }: { readonly url: string; readonly token: string }) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const post = (type: string) => ({
    method: 'POST',
    headers: { ...headers, 'idempotency-key': randomUUID() },
    body: JSON.stringify({ type, source: 'traffic', payload: {} }),
  });
  const repeat = async (path: string, init: () => RequestInit) => {
    while (!signal.aborted) {
      await fetch(`${url}${path}`, { ...init(), signal: AbortSignal.timeout(5_000) })
        .then((response) => response.text())
        .catch(() => {});
      await pause(EVERY_MS, undefined, { signal }).catch(() => {});
    }
  };
  const running = [
    repeat('/v1/events', () => post(types.calls)),
    repeat('/v1/events', () => post(types.works)),
    repeat('/v1/events?limit=1', () => ({ headers })),
  ];
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}
