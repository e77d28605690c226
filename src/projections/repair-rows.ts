import { HistoryBroken, ReadDatabaseRefused, UndecodableTransition } from '../application/failures.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { EventReader } from '../application/ports/event-log.ts';
import type { Lease } from '../application/ports/leases.ts';
import type { Logger } from '../application/ports/logger.ts';
import { readHistory } from '../application/read-history.ts';
import type { PassedOver } from './passed-over.ts';
import { concerning, type ReadModel } from './read-model.ts';

export const repairLimits = {
  /** Streams that are read and written in one turn. */
  pageStreams: 100,
  /** Between two turns: what an outage left behind is in the rows about that long after it. */
  intervalMs: 2_000,
  /** A stream that cannot be repaired is left alone that long, then twice as long, and so on up to the longest. */
  initialDelayMs: 10_000,
  maxDelayMs: 600_000,
} as const;

export type RepairLimits = { readonly [Name in keyof typeof repairLimits]: number };

export interface RepairDependencies {
  readonly passedOver: PassedOver;
  readonly log: Pick<EventReader, 'readStream'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Under which to write, where several processes share the read database. */
  readonly lease?: Lease | null;
  /** Is given how many transitions are listed, after each turn. */
  readonly onCount?: (transitions: number) => void;
  readonly limits?: Partial<RepairLimits> | undefined;
}

/**
 * Brings into the rows what the projection had to pass over: reads the event's whole stream and writes its rows from
 * that, because rows that miss one transition cannot be corrected by the next. Goes on until `signal` aborts; a database
 * or log that is unavailable is waited for. Repeating it does no harm.
 */
export async function repairRows(
  readModel: ReadModel,
  { passedOver, log, clock, logger, lease = null, onCount = () => {}, limits: given }: RepairDependencies,
  signal: AbortSignal,
): Promise<void> {
  const limits = { ...repairLimits, ...given };

  async function write(stream: string, isTextOnly: boolean): Promise<boolean> {
    const recorded = await readHistory(log, stream);
    // A log that no longer has it may get it back; until then the row is all there is.
    if (recorded.length === 0) throw new UndecodableTransition(`The log has no stream ${stream}`);
    const history = concerning(readModel, recorded).map((one) => ({
      recorded: one,
      transition: readModel.decode(one),
    }));
    return passedOver.repair({ stream, history, lease, isTextOnly });
  }

  async function repair(stream: string): Promise<void> {
    try {
      const isRepaired = await write(stream, false).catch((error: unknown) => {
        if (error instanceof ReadDatabaseRefused) return write(stream, true);
        throw error;
      });
      if (isRepaired) logger.info({ projection: readModel.name, stream }, 'the rows of an event were repaired');
    } catch (error) {
      if (!isOfThisStream(error)) throw error;
      await passedOver.putOff(stream, limits);
    }
  }

  let unhealthyReason: string | null = null;
  while (!signal.aborted) {
    try {
      for (const stream of await passedOver.due(limits.pageStreams)) {
        if (signal.aborted) return;
        await repair(stream);
      }
      onCount(await passedOver.count());
      unhealthyReason = null;
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error);
      if (found !== unhealthyReason)
        logger.warn(
          { err: error, projection: readModel.name },
          'cannot repair what was passed over; it is tried again',
        );
      unhealthyReason = found;
    }
    await clock.sleep(limits.intervalMs, signal);
  }
}

/** The others may be repaired all the same. */
const isOfThisStream = (error: unknown) =>
  error instanceof ReadDatabaseRefused || error instanceof UndecodableTransition || error instanceof HistoryBroken;
