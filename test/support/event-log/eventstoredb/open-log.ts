import {
  type EventStoreDbLog,
  openEventStoreDbLog,
} from '../../../../src/adapters/eventstoredb/open-event-store-db-log.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../../src/adapters/system/random.ts';
import type { Logger } from '../../../../src/application/ports/logger.ts';

export interface TestLog extends EventStoreDbLog {
  /** What it wrote to its logger, fields and all, as text. */
  readonly lines: readonly string[];
  /** Resolves once one more line contains `text`. */
  says(text: string): Promise<void>;
}

/** The adapter with the system's clock, and a logger that can be listened to. */
export function openTestLog(url: string, options: { readonly deadlineMs?: number } = {}): TestLog {
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  const write = (fields: object, message: string) => {
    const line = `${message} ${JSON.stringify(fields)}`;
    lines.push(line);
    for (const listener of listeners) listener(line);
  };
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  const { deadlineMs } = options;
  const deadlines = deadlineMs === undefined ? {} : { appendDeadlineMs: deadlineMs, readDeadlineMs: deadlineMs };
  const log = openEventStoreDbLog({ url, clock: systemClock, random: systemRandom, logger, ...deadlines });
  return {
    ...log,
    lines,
    says: (text) =>
      new Promise((resolve) => {
        const listener = (line: string) => {
          if (!line.includes(text)) return;
          listeners.delete(listener);
          resolve();
        };
        listeners.add(listener);
      }),
  };
}
