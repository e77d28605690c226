import { chmod, cp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { embeddedFolder } from '../../../src/adapters/postgres/embedded-folder.ts';
import { openEmbeddedReadDatabase } from '../../../src/adapters/postgres/open-embedded-read-database.ts';
import { CheckpointRefused, ReadDatabaseUnavailable } from '../../../src/application/failures.ts';
import type { Database } from '../../../src/projections/database.ts';
import { folderWithReadTables, openReadTables } from '../../support/read-database/embedded.ts';
import { row } from '../../support/read-database/rows.ts';
import { createRecordingLogger } from '../../support/worker/recording-logger.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';

/** What the next start finds: why it rebuilds, if it does, and how many rows are there. */
async function startAgain(folder: string) {
  const logger = createRecordingLogger();
  const { db, close } = await openReadTables(folder, logger);
  const rows = (await db.selectFrom('events').select('id').execute()).length;
  await close();
  const [recreated = null] = logger.lines.map(({ fields }) => fields['reason'] ?? null);
  return { recreated, rows, messages: logger.lines.map(({ message }) => message) };
}

const rebuilt = [expect.stringContaining('rebuilt from the log')];

describe('the embedded read database', () => {
  it('keeps its rows over a clean end', async () => {
    const folder = await folderWithReadTables();
    const { db, close } = await openReadTables(folder);
    await db.insertInto('events').values(row('one')).execute();
    await close();
    expect(await startAgain(folder)).toEqual({ recreated: null, rows: 1, messages: [] });
  });

  it('keeps what was committed when the process ends suddenly', async () => {
    const folder = await folderWithReadTables();
    const { db, close } = await openReadTables(folder);
    await db.insertInto('events').values(row('one')).execute();
    const left = await folderWithReadTables();
    await cp(folder, left, { recursive: true });
    await close();
    expect(await startAgain(left)).toEqual({ recreated: null, rows: 1, messages: [] });
  });

  it('lets nobody else read its files, whatever they were before and PGlite makes of them', async () => {
    const folder = await folderWithReadTables();
    await chmod(folder, 0o755);
    const { close } = await openReadTables(folder);
    const names = ['.', ...(await readdir(folder, { recursive: true }))];
    const modes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).mode & 0o077));
    await close();
    expect(modes.filter((mode) => mode !== 0)).toEqual([]);
  });

  it('rebuilds, and says so, on files that PostgreSQL does not start on', async () => {
    const folder = await folderWithReadTables();
    await writeFile(join(folder, 'cluster', 'global', 'pg_control'), 'torn');
    expect(await startAgain(folder)).toEqual({
      recreated: expect.stringContaining('could not be opened'),
      rows: 0,
      messages: rebuilt,
    });
  });

  it('rebuilds, and says so, on a schema of another version', async () => {
    const folder = await folderWithReadTables();
    const { db, close } = await openReadTables(folder);
    await sql`insert into kysely_migration (name, timestamp) values ('9999-from-the-future', '')`.execute(db);
    await close();
    expect(await startAgain(folder)).toEqual({
      recreated: expect.stringContaining('9999-from-the-future'),
      rows: 0,
      messages: rebuilt,
    });
  });

  it('asks to be started again when it meets damage, and does not believe its files then', async () => {
    const folder = await folderWithReadTables();
    const { db, close } = await openReadTables(folder);
    await db.insertInto('events').values(row('one')).execute();
    const { rows } = await sql<{ path: string }>`select pg_relation_filepath('events') as path`.execute(db);
    await close();
    const file = join(folder, 'cluster', rows[0]?.path ?? '');
    await writeFile(file, Buffer.alloc((await stat(file)).size, 0xa5));
    await embeddedFolder(folder).markOpen();

    const logger = createRecordingLogger();
    const damaged = await openReadTables(folder, logger);
    const read = damaged.db.selectFrom('events').selectAll().execute();
    await expect(read).rejects.toThrow(ReadDatabaseUnavailable);
    expect(damaged.unhealthyReason()).toContain('are damaged: start again');
    await expect(damaged.db.selectNoFrom([]).execute()).rejects.toThrow('are damaged');
    await damaged.close();
    expect(logger.lines.map(({ message }) => message)).toEqual([expect.stringContaining('start again')]);
    expect(await embeddedFolder(folder).reasonToDiscard()).toContain('damaged');
  });

  it('keeps rows that may not be believed, for an operator to judge', async () => {
    const folder = await folderWithReadTables();
    const { db, close } = await openReadTables(folder);
    await db.insertInto('events').values(row('one')).execute();
    await close();
    const refused = new CheckpointRefused('the log is an older one');
    const opening = openEmbeddedReadDatabase({ folder, logger: silentLogger, verify: () => Promise.reject(refused) });
    await expect(opening).rejects.toBe(refused);
    expect(await startAgain(folder)).toEqual({ recreated: null, rows: 1, messages: [] });
  });

  it('takes nothing of a disk that has too little room for new tables, and says how much is needed', async () => {
    const folder = await folderWithReadTables();
    await rm(join(folder, 'cluster'), { recursive: true });
    const limits = { leastRoomMiB: 2 ** 40 };
    const { unhealthyReason, close } = await openEmbeddedReadDatabase<Database>({
      folder,
      logger: silentLogger,
      limits,
    });
    expect(unhealthyReason()).toContain(`new tables need ${2 ** 40} MiB of free room`);
    await close();
    expect((await readdir(folder)).filter((name) => name.startsWith('cluster'))).toEqual([]);
  });

  it('says what keeps it from opening, refuses queries meanwhile, and opens by itself once it can', async () => {
    const folder = await folderWithReadTables();
    const moved = `${folder}.moved`;
    await rename(folder, moved);
    await writeFile(folder, 'a file where a folder has to be');
    const opened = Promise.withResolvers<void>();
    const recording = createRecordingLogger();
    const logger = { ...recording, info: () => opened.resolve() };
    // No new ones: an attempt between the two moves below would make them where the old ones are to be.
    const limits = { firstRetryMs: 1, leastRoomMiB: 2 ** 40 };
    const { db, unhealthyReason, close } = await openEmbeddedReadDatabase<Database>({ folder, logger, limits });
    expect(unhealthyReason()).toContain(`The read tables in ${folder} cannot be opened: EEXIST`);
    await expect(db.selectFrom('events').select('id').execute()).rejects.toThrow(ReadDatabaseUnavailable);
    await rm(folder);
    await rename(moved, folder);
    await opened.promise;
    expect(await db.selectFrom('events').select('id').execute()).toEqual([]);
    expect(unhealthyReason()).toBeNull();
    await close();
    // Each reason once: of an attempt between the two moves there may be another one.
    const errors = recording.lines.filter(({ level }) => level === 'error').map(({ message }) => message);
    expect(errors).toEqual([...new Set(errors)]);
    expect(errors[0]).toContain('EEXIST');
  });
});
