import type { Kysely } from 'kysely';
import { decodeEventTransition } from '../../../application/event-history.ts';
import { eventIdOfStream, streamOf } from '../../../application/event-identity.ts';
import { HistoryBroken, UndecodableTransition } from '../../../application/failures.ts';
import type { Clock } from '../../../application/ports/clock.ts';
import type { EventReader, LogPosition } from '../../../application/ports/event-log.ts';
import type { LogSegmentsReader } from '../../../application/ports/log-segments.ts';
import type { Logger } from '../../../application/ports/logger.ts';
import type { Random } from '../../../application/ports/random.ts';
import { readHistory } from '../../../application/read-history.ts';
import { createRepeatingReport, kindOf } from '../../../application/repeating-report.ts';
import type { Database } from '../../database.ts';
import { projectionNameOf } from '../../projection-states.ts';
import { type EventRow, foldByEvent, isWholeRow } from '../project.ts';
import { events } from '../read-model.ts';
import { type ComparedRow, compareRows } from './differing-rows.ts';
import { sampleLog, sampleRows } from './sample-rows.ts';

export const rowAuditLimits = {
  intervalMs: 30_000,
  /** Events that are looked at in one turn, from the rows and from the log: 60 a minute. */
  fromRows: 15,
  fromLog: 15,
  /** Events that are known to differ, and are looked at again in each turn. */
  remembered: 100,
} as const;
export type RowAuditLimits = { readonly [Name in keyof typeof rowAuditLimits]: number };

export interface RowAuditDependencies {
  readonly db: Kysely<Database>;
  readonly log: Pick<EventReader, 'readStream' | 'subscribeAll'>;
  readonly segments: LogSegmentsReader;
  readonly random: Random;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Up to where the rows contain the log; `null` as long as that is not known. */
  readonly position: () => LogPosition | null;
  /** Is given how many rows were compared in a turn, and how many are known to differ. */
  readonly onTurn?: ((compared: number, different: number) => void) | undefined;
  readonly limits?: Partial<RowAuditLimits> | undefined;
}

export interface RowAudit {
  /** Goes on until `signal` aborts; a database or log that is unavailable is waited for. */
  run(signal: AbortSignal): Promise<void>;
  /** Which rows are known to differ, for an operator; `null` when none is. */
  notice(): string | null;
}

/**
 * Holds rows of random events against their histories, slowly and without end, each at the revision that its row has, and
 * repairs nothing. What was passed over is listed already, and left out.
 */
export function createRowAudit(dependencies: RowAuditDependencies): RowAudit {
  const { db, log, random, clock, logger, position, onTurn } = dependencies;
  const limits = { ...rowAuditLimits, ...dependencies.limits };
  const report = createRepeatingReport({ logger, clock });
  /** By the event's id, what is wrong. */
  const different = new Map<string, string>();

  async function turn(signal: AbortSignal): Promise<void> {
    const upTo = position();
    const fromLog = upTo === null ? [] : await sampleLog(dependencies, upTo, limits.fromLog, signal);
    if (signal.aborted) return;
    const ids = new Set([
      ...different.keys(),
      ...(await sampleRows(db, random, limits.fromRows)),
      ...fromLog.map(eventIdOfStream),
    ]);
    const mayBeMissing = new Set(fromLog.map(eventIdOfStream));
    let compared = 0;
    const revisionOf = await revisionsOf(db, [...ids]);
    const expected = await expectedRows([...ids], revisionOf);
    // What is listed by now, or has no history that can be read, is not compared again.
    const isExpected = new Set(expected.map(({ id }) => id));
    for (const id of different.keys()) if (!isExpected.has(id)) different.delete(id);
    for (const row of await compareRows(db, expected, revisionOf)) {
      // An event that was sampled from its row has one.
      if (row.found === 'later' || (row.found === 'missing' && !mayBeMissing.has(row.id) && !different.has(row.id)))
        continue;
      compared += 1;
      note(row);
    }
    onTurn?.(compared, different.size);
  }

  /** What the rows should be, each at the revision that it has; a row that is missing at the revision that its history has. */
  async function expectedRows(
    ids: readonly string[],
    revisionOf: ReadonlyMap<string, string>,
  ): Promise<readonly EventRow[]> {
    const listed = await passedOver(db, ids);
    const rows: EventRow[] = [];
    for (const id of ids) {
      if (listed.has(id)) continue;
      const revision = revisionOf.get(id);
      const row = await expectedRow(id, revision === undefined ? null : BigInt(revision));
      if (row !== null) rows.push(row);
    }
    return rows;
  }

  async function expectedRow(id: string, revision: bigint | null): Promise<EventRow | null> {
    try {
      const history = await readHistory(log, streamOf(id));
      const upTo = history.filter((recorded) => revision === null || recorded.revision <= revision);
      const [row] = foldByEvent(upTo.map((recorded) => ({ recorded, transition: decodeEventTransition(recorded) })));
      return row !== undefined && isWholeRow(row) ? row : null;
    } catch (error) {
      // Reported where histories are read, and listed.
      if (error instanceof HistoryBroken || error instanceof UndecodableTransition) return null;
      throw error;
    }
  }

  function note({ id, found, columns }: ComparedRow): void {
    if (found === 'equal') {
      if (different.delete(id)) logger.info({ eventId: id }, 'the row of an event is what its history says again');
      return;
    }
    const what = found === 'missing' ? 'it is missing' : columns.join(', ');
    if (different.get(id) === what || (!different.has(id) && different.size >= limits.remembered)) return;
    different.set(id, what);
    logger.error({ eventId: id, reason: what }, 'the row of an event is not what its history says');
  }

  return {
    async run(signal) {
      while (!signal.aborted) {
        await turn(signal).catch((error: unknown) => {
          report.occurred({
            ...{ about: 'rows', kind: kindOf(error), level: 'warn', fields: { err: error } },
            message: 'rows cannot be held against their histories; it is tried again',
          });
        });
        await clock.sleep(limits.intervalMs, signal);
      }
    },
    notice() {
      const [first] = different;
      if (first === undefined) return null;
      const [id, what] = first;
      return `rows that are not what their histories say: ${different.size}, such as that of ${id} (${what}); see docs/runbooks/rows-differ.md`;
    },
  };
}

async function revisionsOf(db: Kysely<Database>, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('events').select(['id', 'revision']).where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, revision }) => [id, revision]));
}

async function passedOver(db: Kysely<Database>, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .selectFrom('projection_failures')
    .select('stream')
    .where('subscriber', '=', projectionNameOf(events))
    .where('stream', 'in', ids.map(streamOf))
    .execute();
  return new Set(rows.map(({ stream }) => eventIdOfStream(stream)));
}
