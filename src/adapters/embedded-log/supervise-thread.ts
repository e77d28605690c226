import { setTimeout as sleep } from 'node:timers/promises';
import { createBackoff } from '../../application/backoff.ts';
import { LogUnavailable } from '../../application/failures.ts';
import type { LogFacts } from './database/log-database.ts';
import { type LogFileProblem, LogFileRefused } from './log-file-refused.ts';
import { type DatabaseThread, startThread, type ThreadToStart } from './start-thread.ts';
import type { Answer, Input, Operation } from './thread-messages.ts';

/** Another attempt would find the same. */
const PERMANENT: ReadonlySet<LogFileProblem> = new Set(['damaged', 'incomplete', 'foreign', 'newer-format']);
const REOPENING = { firstMs: 50, longestMs: 5_000 };

/** Nothing was asked of the database: there is none currently. */
export class DatabaseAway extends LogUnavailable {}

export interface SupervisedThread {
  /** As the file was when it was first opened. */
  readonly facts: LogFacts;
  /** @throws {DatabaseAway} @throws {LogUnavailable} */
  call<Name extends Operation>(operation: Name, input: Input<Name>): Promise<Answer<Name>>;
  close(): Promise<void>;
}

export interface Supervision extends ThreadToStart {
  /** The file cannot be opened again, however often that is tried. */
  onDamage(reason: string): void;
  /** Another thread has the file now; what the last one was doing is in it or not. Throws when it is another log. */
  onReopened(facts: LogFacts): void;
}

/**
 * A database thread that is replaced when it dies (out of memory, a defect of SQLite): the file is reopened, which
 * rolls back what was not committed, and appends go on. Tries without limit, because nothing else can take the appends.
 * @throws {LogFileRefused} @throws {LogUnavailable} when the first thread cannot open the file.
 */
export async function superviseThread({ onReopened, onDamage, ...toStart }: Supervision): Promise<SupervisedThread> {
  const { path, logger } = toStart;
  const closing = new AbortController();
  const first = await startThread(toStart);
  let thread: DatabaseThread | null = first;
  const supervision = supervise();

  async function supervise(): Promise<void> {
    for (let opened: DatabaseThread | null = first; opened !== null; opened = await reopen()) {
      thread = opened;
      const reason = await opened.ended;
      thread = null;
      if (!closing.signal.aborted) logger?.error({ path, reason }, 'the log is unavailable: its thread has ended');
    }
  }

  async function reopen(): Promise<DatabaseThread | null> {
    const backoff = createBackoff(REOPENING);
    while (!closing.signal.aborted) {
      const delayMs = backoff.next();
      await sleep(delayMs, undefined, { signal: closing.signal }).catch(() => undefined);
      try {
        if (!closing.signal.aborted) return await openAgain();
      } catch (error) {
        if (error instanceof LogFileRefused && PERMANENT.has(error.problem)) {
          onDamage(error.message);
          return null;
        }
        logger?.error({ err: error, path, retryInMs: delayMs }, 'the log cannot be opened again yet');
      }
    }
    return null;
  }

  async function openAgain(): Promise<DatabaseThread | null> {
    const next = await startThread(toStart);
    try {
      onReopened(next.facts);
      if (!closing.signal.aborted) return next;
    } catch (error) {
      await close(next);
      throw error;
    }
    await close(next);
    return null;
  }

  return {
    facts: first.facts,
    async call(operation, input) {
      if (thread === null) throw new DatabaseAway(`${path} is not open currently`);
      return thread.call(operation, input);
    },
    async close() {
      closing.abort();
      if (thread !== null) await close(thread);
      await supervision;
    },
  };
}

/** One that dies instead of answering is closed, too. */
async function close(thread: DatabaseThread): Promise<void> {
  await thread.call('close', undefined).catch(() => undefined);
  await thread.ended;
}
