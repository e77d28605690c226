import { Worker } from 'node:worker_threads';
import { moduleBeside } from '../../application/module-beside.ts';
import type { StartCell } from './cell-link.ts';
import type { CellEnd, FromCell } from './messages.ts';

/**
 * A thread of this process. It has a heap of its own and can be ended alone; buffers outside the heap, and whatever ends
 * or signals a process, it shares with the worker.
 */
export const startThread: StartCell = (settings, events) => {
  const thread = new Worker(moduleBeside(import.meta.url, './cell/thread-main'), {
    workerData: settings,
    resourceLimits: { maxOldGenerationSizeMb: settings.memoryMiB },
    stdout: true,
    stderr: true,
  });
  let endedFor: CellEnd | null = null;
  for (const stream of [thread.stdout, thread.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => events.wrote(text));
  }
  thread.on('message', (message: FromCell) => {
    try {
      events.message(message);
    } catch {
      endedFor ??= { kind: 'crashed', how: 'was ended, because it sent what no handler may send' };
      void thread.terminate();
    }
  });
  thread.on('error', (error: NodeJS.ErrnoException) => {
    endedFor ??=
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? { kind: 'out-of-memory', how: `took more than ${settings.memoryMiB} MiB of heap` }
        : { kind: 'crashed', how: `was ended by an error: ${error.message}` };
  });
  thread.on('exit', (code) => events.ended(endedFor ?? { kind: 'crashed', how: `ended with code ${code}` }));
  return {
    send: (message) => thread.postMessage(message),
    kill: (how) => {
      if (endedFor !== null) return;
      endedFor = how;
      void thread.terminate();
    },
  };
};
