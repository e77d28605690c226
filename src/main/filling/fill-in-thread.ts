import { Worker } from 'node:worker_threads';
import { carried, failureOf } from '../../application/carried-failure.ts';
import { moduleBeside } from '../../application/module-beside.ts';
import type { EventReader } from '../../application/ports/event-log.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { CatchingUp, CatchUp } from '../../projections/rebuild/fill.ts';
import type { LentConnections } from '../../projections/rebuild/lend-connections.ts';
import type { Call, Calls, FillingOrder, FromThread, ToThread } from './messages.ts';
import { servedCalls } from './serve-filling.ts';

const THREAD_FILE = moduleBeside(import.meta.url, './filling-thread');

export interface FillingInThread
  extends Omit<FillingOrder, 'projection' | 'version' | 'slot'>,
    Pick<CatchingUp, 'onWritten'> {
  readonly log: Pick<EventReader, 'subscribeAll' | 'readPages'>;
  /** Lends connections to one thread. */
  readonly connections: () => LentConnections;
  readonly logger: Logger;
}

/**
 * Brings a copy to the end of the log in a thread of its own: what is read is checked, decoded and folded there, so that
 * requests to this process wait for none of it. Log and read database are asked by this thread, as before.
 */
export const createCatchUpInThread =
  ({ log, connections, onWritten, logger, ...order }: FillingInThread): CatchUp =>
  async ({ readModel: { name: projection, version }, slot }, signal) => {
    signal.throwIfAborted();
    const ending = new AbortController();
    const calls = servedCalls({ log, connections: connections(), signal: ending.signal });
    const worker = new Worker(THREAD_FILE, {
      workerData: { ...order, projection, version, slot } satisfies FillingOrder,
      name: 'filling',
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: 96, maxOldGenerationSizeMb: 256 },
    });
    const filled = Promise.withResolvers<number>();
    const abort = () => filled.reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    worker.on('error', filled.reject);
    worker.on('exit', () => filled.reject(new Error('The thread that fills a copy ended before it was done')));
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'call') void answer(worker, calls, message.number, message.call);
      else if (message.kind === 'give-back') calls.giveBack(message.connection);
      else if (message.kind === 'written') onWritten(message, message.transitions);
      else if (message.kind === 'line') logger[message.level](message.fields, message.message);
      else if (message.kind === 'filled') filled.resolve(message.transitions);
      else filled.reject(failureOf(message.failure));
    });
    try {
      return await filled.promise;
    } finally {
      signal.removeEventListener('abort', abort);
      ending.abort();
      await worker.terminate();
      await calls.end();
    }
  };

async function answer(worker: Worker, calls: Calls, number: number, { name, given }: Call): Promise<void> {
  const say = (message: ToThread) => worker.postMessage(message);
  try {
    const call = calls[name] as (...values: readonly unknown[]) => Promise<unknown>;
    say({ kind: 'answer', number, value: await call(...given) });
  } catch (failure) {
    say({ kind: 'failure', number, failure: carried(failure) });
  }
}
