import type { Flat } from '../wire.ts';
import { type BatchAnswer, createBatchAppender } from './append-batch.ts';
import { openLogFile } from './log-file.ts';
import { createTransitionReader, type Place, type TransitionReader } from './read-transitions.ts';
import { createStreamDirectory } from './stream-directory.ts';

/** What the open file says of itself. */
export interface LogFacts {
  readonly logId: string;
  readonly end: Place | null;
  readonly wasLeftOpen: boolean;
}

export interface LogDatabase extends TransitionReader {
  readonly facts: LogFacts;
  append(batch: Flat): BatchAnswer;
  close(): void;
}

/** @throws {LogFileRefused} */
export function openLogDatabase(path: string): LogDatabase {
  const { database, logId, wasLeftOpen } = openLogFile(path);
  const streams = createStreamDirectory(database);
  const reader = createTransitionReader(database, streams);
  return {
    ...reader,
    facts: { logId, end: reader.end(), wasLeftOpen },
    append: createBatchAppender(database, streams),
    close: () => database.close(),
  };
}
