import { checkAppend } from '../../application/check-append.ts';
import { COMMAND } from '../../application/command-name.ts';
import { LogDamaged, LogUnavailable } from '../../application/failures.ts';
import { moduleBeside } from '../../application/module-beside.ts';
import type { AppendOutcome, AppendRequest, EventLog } from '../../application/ports/event-log.ts';
import type { Logger } from '../../application/ports/logger.ts';
import { createAppendQueue } from './append-queue.ts';
import { BackupRefused } from './backup/backup-refused.ts';
import type { CopiedLog } from './backup/serve-backups.ts';
import { checkIndexesInPieces, type IndexCheckLimits, indexCheckLimits } from './check-indexes-in-pieces.ts';
import { BEGINNING, createReader } from './create-reader.ts';
import type { EndMarkLimits } from './database/keep-end-marked.ts';
import type { LogFacts } from './database/log-database.ts';
import { DatabaseAway, superviseThread } from './supervise-thread.ts';
import { createTail, type TailLimits } from './tail.ts';
import type { Input, Operation } from './thread-messages.ts';
import { within } from './within.ts';

export interface EmbeddedLogOptions {
  /** The SQLite file; created when missing. Its folder must be there and belong to this process (data-folder.ts). */
  readonly path: string;
  readonly logger?: Logger;
  /** How long a call may stay without an answer; 10,000 by default. */
  readonly deadlineMs?: number;
  /** The position up to which an operator accepts that transitions are missing. */
  readonly acceptLossUpTo?: number | undefined;
  readonly limits?: Partial<EmbeddedLogLimits>;
  /** Of the machine, from one start of it to the next, by default; `null` where it is unknown. */
  readonly bootId?: string | null;
  /** The file that the database's thread runs; tests put another one here, with faults in it. */
  readonly threadFile?: URL;
}

export interface EmbeddedLog extends EventLog {
  /**
   * Copies the log into the empty file `target` while appends go on. One at a time.
   * @returns what is in the copy at least. @throws {BackupRefused} @throws {LogUnavailable}
   */
  backUp(target: string, signal: AbortSignal): Promise<CopiedLog>;
}

export type EmbeddedLogLimits = EndMarkLimits & IndexCheckLimits & TailLimits;

const DEFAULT_DEADLINE_MS = 10_000;
const THREAD_FILE = moduleBeside(import.meta.url, './database-thread');

/**
 * The log in one SQLite file, for one process. `appended` is answered after fsync; positions are dense from 1. Why it is
 * built so: docs/adr/0002-the-log-is-the-record.md.
 * @throws {LogFileRefused} when the file is in use, damaged, foreign, of a later format, or lacks what was durable; the
 * message says what to do.
 */
export async function openEmbeddedLog({
  path,
  logger,
  deadlineMs = DEFAULT_DEADLINE_MS,
  threadFile = THREAD_FILE,
  acceptLossUpTo,
  limits,
  bootId,
}: EmbeddedLogOptions): Promise<EmbeddedLog> {
  const options = { acceptLossUpTo, limits, bootId };
  let damage: string | null = null;
  const database = await superviseThread({ path, threadFile, options, logger, onReopened, onDamage });
  const { logId, end } = database.facts;
  const tail = createTail(end ?? BEGINNING, limits);
  reportFacts(path, database.facts, logger);

  function onReopened(facts: LogFacts): void {
    const reopened = facts.end ?? BEGINNING;
    if (facts.logId !== logId || reopened.position < tail.end.position)
      throw new LogUnavailable(`${path} was exchanged while it was in use; start again with the right file`);
    tail.reset(reopened);
  }

  function onDamage(reason: string): void {
    if (damage !== null) return;
    damage =
      `${path} is damaged: ${reason}. Nothing is appended to it any more. Stop, copy the data folder, run ` +
      `${COMMAND} verify on the copy, and restore the log from its backup`;
    logger?.error({ path, reason }, 'the log is damaged and takes no more appends: restore it from its backup');
  }

  const late = () => new LogUnavailable(`${path} has not answered for ${deadlineMs} ms`);
  const ask = async <Name extends Operation>(operation: Name, input: Input<Name>) => {
    try {
      return await within(deadlineMs, database.call(operation, input), late);
    } catch (error) {
      if (error instanceof LogDamaged) onDamage(error.message);
      throw damage !== null && (error instanceof LogDamaged || error instanceof DatabaseAway)
        ? new LogDamaged(damage)
        : error;
    }
  };
  const head = () => (damage === null ? reader.head() : Promise.reject(new LogDamaged(damage)));
  const closing = new AbortController();
  const queue = createAppendQueue({
    path,
    deadlineMs,
    logger,
    write: (batch) => database.call('append', batch),
    damage: () => damage,
    onDamage,
    committed: (transitions) => tail.extend(transitions),
  });

  const append = async (request: AppendRequest): Promise<AppendOutcome> => {
    const checked = checkAppend(request);
    return 'refusal' in checked ? { kind: 'refused', refusal: checked.refusal } : queue.add(request, checked.bytes);
  };

  const reader = createReader({ path, logId, tail, logger, closing: closing.signal, ask });
  void checkIndexesInPieces({
    ...{ ...indexCheckLimits, ...limits },
    signal: closing.signal,
    check: (piece) => ask('checkIndexes', piece),
  });
  let backingUp: Promise<unknown> = Promise.resolve();

  async function backUp(target: string, signal: AbortSignal): Promise<CopiedLog> {
    const atLeast = (await ask('end', undefined)) ?? BEGINNING;
    const stop = () => void database.call('stopBackUp', undefined).catch(() => undefined);
    const ending = AbortSignal.any([signal, closing.signal]);
    const copying = database.call('backUp', target);
    backingUp = copying.catch(() => undefined);
    if (ending.aborted) stop();
    ending.addEventListener('abort', stop);
    const outcome = await copying.finally(() => ending.removeEventListener('abort', stop));
    if (outcome.kind === 'failed') throw new BackupRefused(outcome.reason);
    return { logId, atLeast };
  }

  return {
    ...reader,
    head,
    backUp,
    append,
    appendMany: (requests) => Promise.all(requests.map(append)),
    session: () => 0,
    async close() {
      closing.abort();
      const closed = Promise.all([queue.close(), backingUp]).then(() => database.close());
      await within(deadlineMs, closed, late).catch((error) => logger?.error({ err: error }, 'the log was not closed'));
    },
  };
}

function reportFacts(path: string, { end, wasLeftOpen, acceptedLoss }: LogFacts, logger?: Logger): void {
  const position = end?.position ?? 0;
  if (acceptedLoss !== null)
    logger?.warn(
      { path, position, ...acceptedLoss },
      'the log goes on without transitions that it had or may have had, as was accepted',
    );
  else if (wasLeftOpen)
    logger?.warn({ path, position }, 'the log was left open, by a kill or a power cut; nothing durable is lost');
}
