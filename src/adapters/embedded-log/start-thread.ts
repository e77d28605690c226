import { Worker } from 'node:worker_threads';
import { LogDamaged, LogUnavailable } from '../../application/failures.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { LogDatabaseOptions, LogFacts } from './database/log-database.ts';
import { LogFileRefused } from './log-file-refused.ts';
import type { Answer, Input, Operation, ThreadMessage, ThreadRequest } from './thread-messages.ts';

export interface DatabaseThread {
  readonly facts: LogFacts;
  /** @throws {LogDamaged} @throws {LogUnavailable} when the operation failed, or when the thread ended before it answered. */
  call<Name extends Operation>(operation: Name, input: Input<Name>): Promise<Answer<Name>>;
  /** Resolves with the reason once the thread is gone, and the file's lock with it. */
  readonly ended: Promise<string>;
}

export interface ThreadToStart {
  readonly path: string;
  /** The file that it runs. */
  readonly threadFile: URL;
  readonly options: LogDatabaseOptions;
  readonly logger: Logger | undefined;
}

/** @throws {LogFileRefused} @throws {LogUnavailable} when the thread itself does not start. */
export async function startThread({ path, threadFile, options, logger }: ThreadToStart): Promise<DatabaseThread> {
  const worker = new Worker(threadFile, {
    workerData: { path, options },
    name: 'embedded-log',
    // What the process preloads, for tracing say, is not meant for a thread that only knows SQLite.
    execArgv: [],
    // What passes through is dead at once. Left alone, its nursery alone would grow to 128 MiB.
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
  const opening = Promise.withResolvers<LogFacts>();
  const ended = Promise.withResolvers<string>();
  const calls = new Map<number, PromiseWithResolvers<unknown>>();
  let lastCall = 0;
  let reason = 'it ended by itself';
  let lost: LogUnavailable | null = null;

  function take(call: number): PromiseWithResolvers<unknown> | undefined {
    const waiting = calls.get(call);
    calls.delete(call);
    return waiting;
  }

  function reportMark(cause: string | null): void {
    if (cause === null) logger?.info({ path }, "the mark of the log's end is written again");
    else
      logger?.error({ path, reason: cause }, "the mark of the log's end cannot be written; appends go on without it");
  }

  worker.on('message', (message: ThreadMessage) => {
    if (message.kind === 'opened') opening.resolve(message.facts);
    else if (message.kind === 'refused') opening.reject(new LogFileRefused(message.problem, message.message));
    else if (message.kind === 'mark-failure') reportMark(message.reason);
    else if (message.kind === 'answer') take(message.call)?.resolve(message.value);
    else take(message.call)?.reject(failureOf(path, message));
  });
  worker.on('error', (error) => {
    reason = error.message;
  });
  worker.on('exit', () => {
    lost = new LogUnavailable(`The thread of ${path} is gone: ${reason}`);
    opening.reject(lost);
    for (const waiting of calls.values()) waiting.reject(lost);
    calls.clear();
    ended.resolve(reason);
  });

  return {
    facts: await opening.promise,
    ended: ended.promise,
    call(operation, input) {
      if (lost !== null) return Promise.reject(lost);
      const waiting = Promise.withResolvers<unknown>();
      calls.set(++lastCall, waiting);
      worker.postMessage({ call: lastCall, operation, input } satisfies ThreadRequest);
      return waiting.promise as Promise<Answer<typeof operation>>;
    },
  };
}

const failureOf = (path: string, { message, isDamage }: Extract<ThreadMessage, { kind: 'failure' }>) =>
  isDamage ? new LogDamaged(message) : new LogUnavailable(`${path}: ${message}`);
