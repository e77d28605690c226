import { parentPort, workerData } from 'node:worker_threads';
import { damageIn } from './database/damage-found.ts';
import { type LogDatabase, type LogDatabaseOptions, openLogDatabase } from './database/log-database.ts';
import { messageOf } from './database/sqlite-error.ts';
import { LogFileRefused } from './log-file-refused.ts';
import type { ThreadMessage, ThreadRequest } from './thread-messages.ts';

// SQLite waits for the disk: about 100 µs for each fsync here, 10 ms and more elsewhere. In a thread of its own that
// time, and the inserting itself, is not taken from requests and handlers.
if (parentPort === null) throw new Error('This file is the thread of an embedded log; openEmbeddedLog starts it');
const port = parentPort;
const say = (message: ThreadMessage) => port.postMessage(message);

const { path, options } = workerData as { readonly path: string; readonly options: LogDatabaseOptions };
const database = open();
if (database !== null) {
  port.on('message', (request: ThreadRequest) => {
    answer(database, request);
    if (request.operation === 'close') port.close();
  });
  say({ kind: 'opened', facts: database.facts });
}

function open(): LogDatabase | null {
  try {
    return openLogDatabase(path, options, (reason) => say({ kind: 'mark-failure', reason }));
  } catch (error) {
    if (!(error instanceof LogFileRefused)) throw error;
    say({ kind: 'refused', problem: error.problem, message: error.message });
    return null;
  }
}

function answer(log: LogDatabase, request: ThreadRequest): void {
  const { call } = request;
  try {
    const value = perform(log, request);
    if (value instanceof Promise) void value.then((settled) => say({ kind: 'answer', call, value: settled }));
    else say({ kind: 'answer', call, value });
  } catch (error) {
    // An append that was not written says so. One that throws leaves its end open, and the file has to be opened again.
    if (request.operation === 'append') throw error;
    say({ kind: 'failure', call, message: messageOf(error), isDamage: damageIn(error) !== null });
  }
}

/** The types of a request and its answer belong together where they are sent: start-thread.ts. */
const perform = (log: LogDatabase, { operation, input }: ThreadRequest) =>
  (log[operation] as (given: unknown) => unknown)(input);
