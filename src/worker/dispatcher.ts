import { isAsWritten, traceContextOf } from '../application/envelope.ts';
import { decodeEventTransition } from '../application/event-history.ts';
import { EVENT_STREAM_PREFIX, eventIdOfStream } from '../application/event-identity.ts';
import { CheckpointRefused, HistoryBroken } from '../application/failures.ts';
import { advance, noHistory } from '../application/load.ts';
import type { BackgroundService } from '../application/ports/background-service.ts';
import type { CheckpointStore } from '../application/ports/checkpoint-store.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { CommandPublisher, ProcessEvent } from '../application/ports/command-bus.ts';
import type { Checkpoint, EventReader, RecordedTransition } from '../application/ports/event-log.ts';
import type { Logger } from '../application/ports/logger.ts';
import { runSubscription, type Subscriber, type SubscriptionLimits } from '../application/run-subscription.ts';
import { eventAggregate } from '../domain/event/aggregate.ts';
import { unlessAborted } from './unless-aborted.ts';

/** Its name as a subscriber of the log. */
export const DISPATCHER = 'dispatcher';

export const dispatcherLimits = {
  /** A larger payload stays in the log: a command is to be small, and the claim then reads the stream. */
  carriedCharacters: 32 * 1024,
  /** The stored checkpoint lags by so much: after a crash, what was published since is published again, which is harmless. */
  saveEveryMs: 200,
} as const;
export type DispatcherLimits = { readonly [Limit in keyof typeof dispatcherLimits]: number } & SubscriptionLimits;

export interface DispatcherOptions {
  readonly log: Pick<EventReader, 'subscribeAll' | 'verifyCheckpoint'>;
  readonly bus: CommandPublisher;
  readonly checkpoints: CheckpointStore;
  /**
   * Where to begin when no usable checkpoint is stored; `null` at the beginning of the log. Whatever is unfinished before it
   * is found by the sweep.
   */
  readonly firstPlace: (signal: AbortSignal) => Promise<Checkpoint | null>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Wraps the subscriber, to count what it handles. */
  readonly observed?: (subscriber: Subscriber) => Subscriber;
  /** Overrides of the defaults. */
  readonly limits?: Partial<DispatcherLimits> | undefined;
}

/**
 * Publishes a command for every event that is received or replayed. The log is the outbox: the checkpoint is moved after the
 * bus has the commands, so that a crash anywhere publishes some of them again and none never.
 */
export function createDispatcher({
  log,
  bus,
  checkpoints,
  firstPlace,
  clock,
  logger,
  observed = (subscriber) => subscriber,
  limits = {},
}: DispatcherOptions): BackgroundService {
  const { carriedCharacters, saveEveryMs } = { ...dispatcherLimits, ...limits };
  const stopping = new AbortController();
  const { signal } = stopping;
  let place: Checkpoint | null = null;
  let saved: Checkpoint | null = null;
  let unhealthyReason: string | null = null;
  let running: Promise<unknown> | null = null;

  const watched = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    try {
      const result = await act();
      unhealthyReason = null;
      return result;
    } catch (error) {
      unhealthyReason = error instanceof Error ? error.message : String(error);
      throw error;
    }
  };
  const subscriber: Subscriber = {
    name: DISPATCHER,
    load: () =>
      watched(async () => {
        // Stored soon, so that the next dispatcher does not begin later.
        place ??= (await usablePlace({ log, checkpoints, logger })) ?? (await firstPlace(signal));
        return place;
      }),
    handle: async (transitions, checkpoint) => {
      const commands = transitions.flatMap((recorded) => commandOf(recorded, carriedCharacters, logger));
      if (commands.length > 0) await watched(() => unlessAborted(bus.publish(commands), signal));
      place = checkpoint;
    },
  };

  const save = async () => {
    if (place === saved) return;
    const reached = place;
    if (reached !== null) await checkpoints.save(DISPATCHER, reached);
    saved = reached;
  };
  /** Beside the dispatching, which does not wait for the read database, nor end with it. */
  const keepSaving = async () => {
    let isTold = false;
    while (!signal.aborted) {
      await clock.sleep(saveEveryMs, signal);
      try {
        await save();
        isTold = false;
      } catch (error) {
        if (!isTold) logger.warn({ err: error }, "the dispatcher's checkpoint cannot be stored; dispatching goes on");
        isTold = true;
      }
    }
  };
  const follow = () =>
    runSubscription(log, observed(subscriber), {
      ...{ clock, logger, signal, limits },
      streamPrefixes: [EVENT_STREAM_PREFIX],
    }).catch((error: unknown) => {
      unhealthyReason = error instanceof Error ? error.message : String(error);
      logger.error({ err: error }, 'the dispatcher has stopped; new events wait for the sweep');
    });

  return {
    name: DISPATCHER,
    async start() {
      running = Promise.all([follow(), keepSaving()]);
    },
    async stop() {
      stopping.abort(new Error('The dispatcher is stopping'));
      await running;
    },
    unhealthyReason: () => unhealthyReason,
  };
}

/** The stored checkpoint, if it is one of this log: it is a hint, so a foreign one is worth a warning and not a halt. */
async function usablePlace({
  log,
  checkpoints,
  logger,
}: Pick<DispatcherOptions, 'log' | 'checkpoints' | 'logger'>): Promise<Checkpoint | null> {
  const stored = await checkpoints.load(DISPATCHER);
  if (stored === null) return null;
  try {
    await log.verifyCheckpoint(stored);
    return stored;
  } catch (error) {
    if (!(error instanceof CheckpointRefused)) throw error;
    logger.warn(
      { err: error },
      "the dispatcher's stored checkpoint is not a position in this log; it starts without one",
    );
    return null;
  }
}

function commandOf(recorded: RecordedTransition, carriedCharacters: number, logger: Logger): readonly ProcessEvent[] {
  const eventId = eventIdOfStream(recorded.stream);
  try {
    if (recorded.type === 'EventReceived') {
      mustBeAsWritten(recorded);
      const event = advance(eventAggregate, noHistory, recorded);
      const isCarried = (event.state?.received.payload.length ?? 0) <= carriedCharacters;
      return [{ eventId, generation: 0, attempt: 1, event: isCarried ? event : null, ...traceContextOf(recorded) }];
    }
    if (recorded.type !== 'ReplayRequested') return [];
    mustBeAsWritten(recorded);
    const transition = decodeEventTransition(recorded);
    if (transition.type !== 'ReplayRequested') return [];
    return [{ eventId, generation: transition.data.generation, attempt: 1, event: null, ...traceContextOf(recorded) }];
  } catch (error) {
    // Standing still would keep every later event waiting for one that this version cannot process anyway.
    logger.error({ err: error, eventId }, 'a transition cannot be read; no command is published for it');
    return [];
  }
}

/** A handler is to get nothing that was changed in the log. @throws {HistoryBroken} */
function mustBeAsWritten(recorded: RecordedTransition): void {
  if (!isAsWritten(recorded)) throw new HistoryBroken(recorded.stream);
}
