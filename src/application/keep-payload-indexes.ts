import { createBackoff } from './backoff.ts';
import type { BackgroundService } from './ports/background-service.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { PayloadIndexes } from './ports/payload-indexes.ts';
import type { Random } from './ports/random.ts';

export const PAYLOAD_INDEXER = 'payload-indexes';

/** Rows that a rebuild was begun for before a field was named have no index of it once they are read. */
const LOOK_EVERY_MS = 60_000;
const RETRYING = { firstMs: 1_000, longestMs: 60_000 };

interface Dependencies {
  readonly indexes: PayloadIndexes;
  readonly fields: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Sees to it that events can be found by the fields of payloads that a setting names, and that no other field costs anything. */
export function keepPayloadIndexes({ indexes, fields, clock, random, logger }: Dependencies): BackgroundService {
  const stopping = new AbortController();
  const { signal } = stopping;
  let unhealthyReason: string | null = null;
  let running: Promise<void> | null = null;

  async function run(): Promise<void> {
    const backoff = createBackoff(RETRYING, random);
    while (!signal.aborted) {
      try {
        const { created, dropped } = await indexes.keepOnly(fields, signal);
        if (created.length + dropped > 0)
          logger.info(
            { counts: { created: created.length, dropped } },
            'the indexes of the fields in PAYLOAD_FIELDS were changed',
          );
        unhealthyReason = null;
        backoff.reset();
        await clock.sleep(LOOK_EVERY_MS, signal);
      } catch (error) {
        if (signal.aborted) return;
        const reason = `events cannot be found by all fields of PAYLOAD_FIELDS: ${(error as Error).message}`;
        if (reason !== unhealthyReason) logger.warn({ err: error }, reason);
        unhealthyReason = reason;
        await clock.sleep(backoff.next(), signal);
      }
    }
  }

  return {
    name: PAYLOAD_INDEXER,
    isDispensable: true,
    async start() {
      running = run();
    },
    async stop() {
      stopping.abort(new Error('The indexes of payload fields are left as they are'));
      await running;
    },
    unhealthyReason: () => unhealthyReason,
  };
}
