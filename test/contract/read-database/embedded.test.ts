import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Worker } from 'node:worker_threads';
import { afterAll, describe } from 'vitest';
import { folderWithReadTables, openReadTables } from '../../support/read-database/embedded.ts';
import { readDatabaseSuite } from './suite.ts';

/** Node tells of each thread that is started; the last one holds the files. */
let thread: Worker | null = null;
const remember = (message: unknown) => {
  thread = (message as { readonly worker: Worker }).worker;
};

describe('the embedded read database', () => {
  subscribe('worker_threads', remember);
  afterAll(() => unsubscribe('worker_threads', remember));

  readDatabaseSuite(async () => {
    const { db, close } = await openReadTables(await folderWithReadTables());
    return {
      db,
      crash: async () => {
        await thread?.terminate();
      },
      close,
    };
  });
});
