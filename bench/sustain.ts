import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { load } from './load.ts';
import type { BenchServer } from './server.ts';
import { endedRows, latencies, memory } from './whole-life.ts';

const EVENTS_PER_SECOND = 500;
const SAMPLE_EVERY_MS = 1_000;

/** A steady load for some minutes: how far the rows were behind at the worst, and what memory did. */
export async function sustain(server: BenchServer, minutes: number, print: (line: string) => void): Promise<void> {
  const events = Math.round(minutes * 60 * EVENTS_PER_SECOND);
  const before = await endedRows(server);
  const startedAt = performance.now();
  let posting = true;
  const posted = load({
    url: server.url,
    token: server.token,
    source: `bench/${randomUUID()}`,
    events,
    batchSize: 1,
    connections: 64,
    eventsPerSecond: EVENTS_PER_SECOND,
  }).finally(() => {
    posting = false;
  });
  let worstSeconds = 0;
  print(`memory at the start: ${await memory(server)}`);
  for (let minute = 1; posting; ) {
    if (performance.now() - startedAt >= minute * 60_000) print(`after minute ${minute++}: ${await memory(server)}`);
    // Asked first, so that what was posted meanwhile counts as lag and not for us.
    const rows = (await endedRows(server)) - before;
    const due = Math.min(events, ((performance.now() - startedAt) / 1_000) * EVENTS_PER_SECOND);
    worstSeconds = Math.max(worstSeconds, (due - rows) / EVENTS_PER_SECOND);
    await pause(SAMPLE_EVERY_MS);
  }
  const { latenciesMs } = await posted;
  while ((await endedRows(server)) < before + events) await pause(20);
  print(`memory at the end: ${await memory(server)}`);
  print(
    `${events} events at ${EVENTS_PER_SECOND}/s: rows at most ${worstSeconds.toFixed(2)} s behind; ${latencies('POST', latenciesMs)}`,
  );
}
