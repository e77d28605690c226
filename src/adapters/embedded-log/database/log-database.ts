import { readBootId } from '../../files/boot-id.ts';
import { type CopyOutcome, copyDatabase, type DatabaseCopy } from '../backup/copy-database.ts';
import type { Flat } from '../wire.ts';
import { type BatchAnswer, createBatchAppender } from './append-batch.ts';
import { createIndexChecks, type IndexChecks } from './check-indexes.ts';
import { type EndMarkLimits, keepEndMarked } from './keep-end-marked.ts';
import { type AcceptedLoss, type LogFileOptions, openLogFile } from './log-file.ts';
import { createTransitionReader, type Place, type TransitionReader } from './read-transitions.ts';
import { createStreamDirectory } from './stream-directory.ts';

/** What the open file says of itself. */
export interface LogFacts {
  readonly logId: string;
  readonly end: Place | null;
  readonly wasLeftOpen: boolean;
  readonly acceptedLoss: AcceptedLoss | null;
}

export interface LogDatabase extends TransitionReader, Pick<IndexChecks, 'checkIndexes'> {
  readonly facts: LogFacts;
  append(batch: Flat): BatchAnswer;
  /** Copies the log into the empty file `target`. The one that runs must have settled before another, and before `close`. */
  backUp(target: string): Promise<CopyOutcome>;
  stopBackUp(): void;
  close(): void;
}

/** What can be sent to the database's thread. */
export interface LogDatabaseOptions extends LogFileOptions {
  readonly limits?: Partial<EndMarkLimits> | undefined;
}

const BEGINNING: Place = { position: 0, id: '' };

/**
 * @param onMarkFailure called when the mark of the end cannot be written, and with `null` when it can again.
 * @throws {LogFileRefused}
 */
export function openLogDatabase(
  path: string,
  { limits, bootId = readBootId(), acceptLossUpTo }: LogDatabaseOptions = {},
  onMarkFailure: (reason: string | null) => void = () => {},
): LogDatabase {
  const { database, logId, ...found } = openLogFile(path, { acceptLossUpTo, bootId });
  const streams = createStreamDirectory(database);
  const reader = createTransitionReader(database, streams);
  const end = reader.end();
  const append = createBatchAppender(database, streams);
  const markedEnd = keepEndMarked({
    ...{ path, logId, bootId, limits },
    end: () => reader.end() ?? BEGINNING,
    onUnhealthy: onMarkFailure,
  });
  let copy: DatabaseCopy | null = null;
  return {
    ...reader,
    checkIndexes: createIndexChecks(database).checkIndexes,
    facts: { logId, end, ...found },
    append(batch) {
      const answer = append(batch);
      if (answer.kind === 'committed') markedEnd.committed();
      return answer;
    },
    backUp(target) {
      copy = copyDatabase(database, target);
      return copy.outcome;
    },
    stopBackUp: () => copy?.stop(),
    close() {
      markedEnd.close();
      database.close();
    },
  };
}
