import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/open-embedded-log.ts';
import { streamOf } from '../../../src/application/event-identity.ts';
import { openEmbeddedReadTables, readTablesOf } from '../../../src/main/read-tables.ts';
import { fill } from '../../support/event-log/transitions.ts';
import { fillWithReadTables } from '../../support/read-database/fill-with-read-tables.ts';
import { row } from '../../support/read-database/rows.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';

/** A data folder whose rows are of a log of 5 transitions, and a log of 2 in place of it. */
async function rowsAheadOfTheirLog() {
  const dataFolder = await mkdtemp(join(tmpdir(), 'eventops-lost-log-'));
  onTestFinished(() => rm(dataFolder, { recursive: true }));
  await fillWithReadTables(readTablesOf(dataFolder));
  const openLog = async (name: string, transitions: number) => {
    const log = await openEmbeddedLog({ path: join(dataFolder, name) });
    onTestFinished(() => log.close());
    await fill(log, transitions);
    return log;
  };
  const right = await openLog('log.sqlite', 5);
  const given = { dataFolder, logger: silentLogger };
  const tables = await openEmbeddedReadTables({ ...given, log: right, acceptLossUpTo: null });
  const head = await right.head();
  await tables.db
    .insertInto('checkpoints')
    .values({ subscriber: 'projection:events', checkpoint: head?.checkpoint ?? '' })
    .execute();
  await tables.db
    .insertInto('events')
    .values({ ...row('lost'), revision: '4' })
    .execute();
  await tables.close();
  const older = await openLog('older.sqlite', 2);
  const open = (log: typeof older, acceptLossUpTo: number | null = null) =>
    openEmbeddedReadTables({ ...given, log, acceptLossUpTo });
  return { dataFolder, older, right, open };
}

describe('rows that have seen more than their log has', () => {
  it('stop the start, and stay as they are', async () => {
    const { older, right, open } = await rowsAheadOfTheirLog();
    await expect(open(older)).rejects.toThrow('--accept-lost-transitions 5');
    await expect(open(older)).rejects.toThrow(`the log lacks ${streamOf(row('lost').id)} up to revision 4`);
    await expect(open(older, 4)).rejects.toThrow('Nothing was changed');
    const tables = await open(right);
    expect(await tables.db.selectFrom('checkpoints').select('subscriber').execute()).toHaveLength(1);
    await tables.close();
  });

  it('are put aside by an operator who accepts the loss, and new ones begin', async () => {
    const { dataFolder, older, open } = await rowsAheadOfTheirLog();
    const tables = await open(older, 5);
    expect(await tables.db.selectFrom('checkpoints').select('subscriber').execute()).toEqual([]);
    await tables.close();
    const kept = (await readdir(dataFolder)).filter((name) => name.startsWith('read-tables.kept-'));
    expect(kept).toHaveLength(1);
    expect(await readdir(join(dataFolder, kept[0] ?? ''))).toContain('cluster');
  });
});
