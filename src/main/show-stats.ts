import { setTimeout as sleep } from 'node:timers/promises';
import type { StatsRequest } from '../cli/stats.ts';
import type { Config } from '../config/config.ts';
import { askSystem } from './ask-system.ts';
import { CannotStart } from './cannot-start.ts';
import { drawStats, type Statistics } from './draw-stats.ts';
import { createScreen } from './screen.ts';

/** Once, or again and again until SIGINT. A system that does not answer meanwhile is asked again. */
export async function showStats(config: Config, request: StatsRequest): Promise<void> {
  const ask = async () => textOf(await askSystem<Statistics>(config, { path: pathOf(request, Date.now()) }), request);
  const first = await ask();
  if (request.everyMs === undefined) {
    process.stdout.write(first);
    return;
  }
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  const screen = createScreen(process.stdout);
  try {
    for (let shown = first; !stopping.signal.aborted; ) {
      screen.show(shown);
      await sleep(request.everyMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (!stopping.signal.aborted)
        shown = await ask().catch((error: unknown) => {
          if (error instanceof CannotStart) return `${error.message}\n`;
          throw error;
        });
    }
  } finally {
    screen.close();
  }
}

function pathOf({ by, bucket, since }: StatsRequest, now: number): string {
  const query = new URLSearchParams({ by, bucket });
  if (since !== undefined) query.set('since', 'at' in since ? since.at : new Date(now - since.agoMs).toISOString());
  return `/v1/stats?${query.toString()}`;
}

function textOf(statistics: Statistics, { output }: StatsRequest): string {
  switch (output) {
    case 'table':
      return drawStats(statistics);
    case 'json':
      return `${JSON.stringify(statistics)}\n`;
    case 'ndjson': {
      const { groups, total: _, ...about } = statistics;
      return groups.map((group) => `${JSON.stringify({ ...about, ...group })}\n`).join('');
    }
  }
}
