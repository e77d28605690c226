import type { BackgroundService } from '../ports/background-service.ts';
import type { Clock } from '../ports/clock.ts';
import { kindOf, type RepeatingReport } from '../repeating-report.ts';
import type { Anchor } from './anchor.ts';
import type { Cosigning } from './cosigning.ts';

/** How long a change of the log behind the tree may stay unseen where histories are sampled: 256 leaves each time. */
const COMPARE_EVERY_MS = 60_000;

interface AnchorServiceOptions {
  readonly anchor: Anchor;
  /** Follows the log for it. */
  readonly following: BackgroundService;
  readonly checkpointEveryMs: number;
  /** By witnesses; absent where none is named. */
  readonly cosigning?: Cosigning | null;
  readonly clock: Clock;
  readonly report: RepeatingReport;
}

/**
 * The log is followed, and at intervals what is new is signed, and some of what is old is held against the log. Beside
 * that witnesses are asked.
 */
export function createAnchorService(options: AnchorServiceOptions): BackgroundService {
  const { anchor, following, checkpointEveryMs, cosigning = null, clock, report } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const unhealthy = new Map<string, string>();
  let running: Promise<unknown> | null = null;

  /** Each is healthy again once it has gone well: the tree is loaded again in between. */
  async function repeat(everyMs: number, name: string, work: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(everyMs, signal);
      if (signal.aborted) return;
      try {
        await work();
        unhealthy.delete(name);
        report.wentWell(`${following.name}: ${name}`);
      } catch (error) {
        unhealthy.set(name, error instanceof Error ? error.message : String(error));
        report.occurred({
          about: `${following.name}: ${name}`,
          kind: kindOf(error),
          level: 'error',
          fields: { err: error },
          message: `the audit tree: ${name} failed; nothing is signed before it is loaded again`,
        });
      }
    }
  }

  return {
    ...following,
    async start() {
      await following.start();
      cosigning?.start();
      running = Promise.all([
        repeat(checkpointEveryMs, 'signing', () => anchor.sign()),
        repeat(COMPARE_EVERY_MS, 'comparing it with the log', () => anchor.compare()),
      ]);
    },
    async stop() {
      stopping.abort();
      await Promise.all([following.stop(), running, cosigning?.stop()]);
    },
    unhealthyReason: () => following.unhealthyReason() ?? [...unhealthy.values()][0] ?? null,
    notice: () => cosigning?.notice() ?? null,
  };
}
