import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Dispatcher, Pool } from 'undici';

/** A JSON event of 500 bytes, every one with content of its own. */
export function event(source: string): string {
  const head = `{"type":"bench.event","source":"${source}","payload":{"id":"${randomUUID()}","note":"`;
  return `${head}${'x'.repeat(500 - head.length - 3)}"}}`;
}

export interface LoadOptions {
  readonly url: string;
  readonly token?: string;
  readonly events: number;
  readonly batchSize: number;
  readonly connections: number;
  readonly source: string;
  /** Offered load; as fast as the connections allow by default. A late answer does not delay later requests. */
  readonly eventsPerSecond?: number;
}

export interface LoadResult {
  readonly seconds: number;
  /** Of each request, from the moment it was due. */
  readonly latenciesMs: readonly number[];
}

/** Posts events, each exactly once, and waits for all answers. @throws when one is neither 2xx nor to be sent again later. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const { url, token, events, batchSize, connections, source, eventsPerSecond } = options;
  const pool = new Pool(url, { connections, pipelining: 1 });
  const headers = {
    'content-type': batchSize === 1 ? 'application/json' : 'application/x-ndjson',
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
  const path = batchSize === 1 ? '/v1/events' : '/v1/events/batch';
  const latenciesMs: number[] = [];
  const post = async (dueAt: number) => {
    const body = batchSize === 1 ? event(source) : Array.from({ length: batchSize }, () => event(source)).join('\n');
    const { statusCode, text } = await untilTaken(() => pool.request({ path, method: 'POST', headers, body }));
    if (statusCode >= 300 || /"status":[45]\d\d/.test(text)) throw new Error(`${statusCode}: ${text.slice(0, 500)}`);
    latenciesMs.push(performance.now() - dueAt);
  };
  const requests = Math.ceil(events / batchSize);
  const startedAt = performance.now();
  if (eventsPerSecond === undefined) await closedLoop(requests, connections, post);
  else await openLoop(requests, (batchSize / eventsPerSecond) * 1_000, post);
  const seconds = (performance.now() - startedAt) / 1_000;
  await pool.close();
  return { seconds, latenciesMs };
}

/** Where a machine has much else to do, nothing of a request may be taken for a while. */
async function untilTaken(ask: () => Promise<Dispatcher.ResponseData>) {
  for (;;) {
    const { statusCode, headers, body } = await ask();
    const text = await body.text();
    const pauseSeconds = Number(headers['retry-after']);
    if (statusCode !== 503 || !(pauseSeconds > 0)) return { statusCode, text };
    await pause(pauseSeconds * 1_000);
  }
}

async function closedLoop(requests: number, connections: number, post: (dueAt: number) => Promise<void>) {
  let left = requests;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) await post(performance.now());
    }),
  );
}

async function openLoop(requests: number, intervalMs: number, post: (dueAt: number) => Promise<void>) {
  const startedAt = performance.now();
  const pending: Promise<void>[] = [];
  while (pending.length < requests) {
    const due = Math.min(requests, Math.ceil((performance.now() - startedAt) / intervalMs));
    while (pending.length < due) pending.push(post(startedAt + pending.length * intervalMs));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(pending);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
