import { rebuildAggregate } from '../../../domain/rebuild/aggregate.ts';
import { CheckpointRefused } from '../../failures.ts';
import type { BackgroundService } from '../../ports/background-service.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Checkpoint, EventReader } from '../../ports/event-log.ts';
import type { Logger } from '../../ports/logger.ts';
import { runSubscription, type Subscriber } from '../../run-subscription.ts';

/** Before the log is followed again that was put back to an older state. */
const PAUSE_MS = 1_000;

/** Says when something may have happened to the rebuilds of a read model, so that they need not be read again and again. */
export interface RebuildWatch extends BackgroundService {
  /** @returns ends the calls. */
  on(projection: string, changed: () => void): () => void;
}

interface WatchRebuilds {
  readonly log: Pick<EventReader, 'subscribeAll' | 'head'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One subscription for all read models of a process, from the end of the log on. */
export function watchRebuilds({ log, clock, logger }: WatchRebuilds): RebuildWatch {
  const stopping = new AbortController();
  const { signal } = stopping;
  const listeners = new Map<string, Set<() => void>>();
  let checkpoint: Checkpoint | null | undefined;
  let unhealthyReason: string | null = null;

  const callAll = (projections: Iterable<string>) => {
    for (const projection of new Set(projections)) for (const changed of listeners.get(projection) ?? []) changed();
  };
  const subscriber: Subscriber = {
    name: 'rebuilds',
    async load() {
      checkpoint ??= (await log.head())?.checkpoint ?? null;
      // What was appended before this is in no message.
      callAll(listeners.keys());
      return checkpoint;
    },
    async handle(transitions, after) {
      checkpoint = after;
      callAll(transitions.map(({ stream }) => stream.slice(rebuildAggregate.streamPrefix.length)));
    },
  };

  async function follow(): Promise<void> {
    while (!signal.aborted)
      try {
        await runSubscription(log, subscriber, {
          ...{ clock, logger, signal, streamPrefixes: [rebuildAggregate.streamPrefix] },
        });
      } catch (error) {
        if (!(error instanceof CheckpointRefused)) throw error;
        checkpoint = undefined;
        await clock.sleep(PAUSE_MS, signal);
      }
  }

  let following: Promise<void> | null = null;
  return {
    name: subscriber.name,
    isDispensable: true,
    async start() {
      following = follow().catch((error: unknown) => {
        unhealthyReason = 'rebuilds cannot be followed in the log; see the line of the log that says so';
        logger.error({ err: error }, 'rebuilds cannot be followed in the log: what operators ask for is not noticed');
      });
    },
    unhealthyReason: () => unhealthyReason,
    on(projection, changed) {
      const own = listeners.get(projection) ?? new Set();
      listeners.set(projection, own.add(changed));
      return () => void own.delete(changed);
    },
    async stop() {
      stopping.abort();
      await following;
    },
  };
}
