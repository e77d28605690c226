import { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';
import { armedFault, disarmFault, type Fault } from './faults.ts';

// The real thread, with faults put into SQLite's commit: what a disk or a dying thread does to it.

const { path } = workerData as { path: string };
const execute = DatabaseSync.prototype.exec;
const stopwatch = new Int32Array(new SharedArrayBuffer(4));

class SqliteError extends Error {
  readonly code = 'ERR_SQLITE_ERROR';
  readonly errcode: number;
  constructor(errcode: number, message: string) {
    super(message);
    this.errcode = errcode;
  }
}
const diskFull = () => new SqliteError(13, 'database or disk is full');
const fsyncFailed = () => new SqliteError(10 | (4 << 8), 'disk I/O error');

function commit(database: DatabaseSync, fault: Fault): void {
  if (fault === 'hang before the commit') while (armedFault(path) !== null) Atomics.wait(stopwatch, 0, 0, 1);
  else if (fault !== 'find the disk full') disarmFault(path);
  if (fault === 'die before the commit') process.exit(1);
  if (fault === 'fail the commit') throw fsyncFailed();
  if (fault === 'find the disk full') throw diskFull();
  execute.call(database, 'COMMIT');
  if (fault === 'die after the commit') process.exit(1);
  if (fault === 'fail after the commit') throw fsyncFailed();
}

DatabaseSync.prototype.exec = function exec(this: DatabaseSync, sql: string): void {
  const fault = sql === 'COMMIT' ? armedFault(path) : null;
  if (fault === null) execute.call(this, sql);
  else commit(this, fault);
};

await import('../../../../src/adapters/embedded-log/database-thread.ts');
