import type { z } from 'zod';
import type { eventAnswer } from '../../api/answers/event.ts';
import type { WaitRequest } from '../../cli/events.ts';
import type { Config } from '../../config/config.ts';
import { askSystem } from '../ask-system.ts';
import { print } from '../results-of-commands.ts';
import { plain } from '../terminal-text.ts';

type Event = z.output<typeof eventAnswer>;

/** Of one request. Shorter than the longest answer that is waited for. */
const LONGEST_POLL_MS = 20_000;
const TIMED_OUT = 3;

/** Until the event is processed, dead or discarded; the exit code says which. */
export async function waitForEnd(config: Config, { id, timeoutMs, output }: WaitRequest): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const leftMs = Math.max(0, Math.round(giveUpAt - performance.now()));
    const path = `/v1/events/${id}?waitFor=PROCESSED&timeoutMs=${Math.min(LONGEST_POLL_MS, leftMs)}`;
    const event = await askSystem<Event>(config, { path });
    const exitCode = exitCodeOf(event);
    if (exitCode === null && leftMs > LONGEST_POLL_MS) continue;
    const said = `${event.id} (${plain(event.type)}) is ${event.status}${event.errorReason === null ? '' : `: ${plain(event.errorReason, 1_000)}`}\n`;
    await print(output === 'table' ? said : `${JSON.stringify(event)}\n`);
    process.exitCode = exitCode ?? TIMED_OUT;
    return;
  }
}

function exitCodeOf({ status }: Event): number | null {
  if (status === 'PROCESSED') return 0;
  return status === 'DEAD' || status === 'DISCARDED' ? 1 : null;
}
