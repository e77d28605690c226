import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/open-embedded-log.ts';
import { embeddedFolder } from '../../../src/adapters/postgres/embedded-folder.ts';
import { streamOf } from '../../../src/application/event-identity.ts';
import { revision } from '../../../src/application/ports/event-log.ts';
import { readConfig } from '../../../src/config/config.ts';
import { logFileOf, openParts } from '../../../src/main/open-parts.ts';
import { readTablesOf } from '../../../src/main/read-tables.ts';
import { appendAll, request, transitions } from '../../support/event-log/transitions.ts';
import { openReadTables } from '../../support/read-database/embedded.ts';
import { fillWithReadTables } from '../../support/read-database/fill-with-read-tables.ts';
import { row } from '../../support/read-database/rows.ts';
import { silentLogger } from '../../support/worker/silent-logger.ts';

const [whole, shortened, gone] = [row('whole', { revision: '1' }), row('shortened'), row('gone', { revision: '1' })];

/** A data folder that was closed, with the rows of three events, and a copy of its log from before the last of them. */
async function closedDataFolder() {
  const dataFolder = await mkdtemp(join(tmpdir(), 'eventops-refused-log-'));
  onTestFinished(() => rm(dataFolder, { recursive: true }));
  const path = logFileOf(dataFolder);
  const write = async (...events: readonly { readonly id: string }[]) => {
    const log = await openEmbeddedLog({ path });
    await appendAll(
      log,
      events.map(({ id }) => request({ stream: streamOf(id), transitions: transitions(2) })),
    );
    await log.close();
  };
  await write(whole, shortened);
  const older = join(dataFolder, 'older.sqlite');
  await cp(path, older);
  await write(gone);

  const readTables = readTablesOf(dataFolder);
  await fillWithReadTables(readTables);
  const { db, close } = await openReadTables(readTables);
  await db
    .insertInto('events')
    .values([whole, { ...shortened, revision: '2' }, gone])
    .execute();
  await close();
  return { dataFolder, path, older };
}

const roles = ['api', 'projector', 'dispatcher', 'worker'] as const;

async function refusalOf(dataFolder: string): Promise<string> {
  const before = await readdir(dataFolder);
  const config = readConfig({ DATA_DIR: dataFolder });
  const failure = await openParts({ config, roles, logger: silentLogger }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'log-file-refused', problem: 'incomplete' });
  expect((await readdir(dataFolder)).filter((name) => !before.includes(name) && !name.startsWith('lock'))).toEqual([]);
  expect(await embeddedFolder(readTablesOf(dataFolder)).reasonToDiscard()).toBeNull();
  return String(failure);
}

const lost = (event: { readonly id: string; readonly revision: string }) =>
  `${streamOf(event.id)} up to revision ${event.revision}`;

it('a log that lost its end is refused with the streams and revisions that it lacks, which its rows name', async () => {
  const { dataFolder, path, older } = await closedDataFolder();
  await cp(older, path);
  const refusal = await refusalOf(dataFolder);
  expect(refusal).toContain('has lost transitions');
  for (const each of [gone, { ...shortened, revision: '2' }]) expect(refusal).toContain(lost(each));
  expect(refusal).not.toContain(streamOf(whole.id));
});

it('a log that is gone is refused with all that its rows have seen', async () => {
  const { dataFolder, path } = await closedDataFolder();
  await rm(path);
  expect(await refusalOf(dataFolder)).toContain(lost(whole));
});

it('a log without a mark of its end is refused with whether its rows have seen more', async () => {
  const { dataFolder, path } = await closedDataFolder();
  await rm(`${path}.end`);
  expect(await refusalOf(dataFolder)).toContain(
    `By the rows beside it, the log lacks ${lost({ ...shortened, revision: '2' })}`,
  );
  const log = await openEmbeddedLog({ path, acceptLossUpTo: 6 });
  await appendAll(log, [request({ stream: streamOf(shortened.id), expectedRevision: revision(1) })]);
  await log.close();
  await rm(`${path}.end`);
  expect(await refusalOf(dataFolder)).toContain('have seen nothing that it lacks');
});

it('a log that lost its end is refused all the same where no rows are to be believed', async () => {
  const { dataFolder, path, older } = await closedDataFolder();
  await cp(older, path);
  await embeddedFolder(readTablesOf(dataFolder)).markDamaged();
  const config = readConfig({ DATA_DIR: dataFolder });
  await expect(openParts({ config, roles, logger: silentLogger })).rejects.toThrow(/--accept-lost-transitions 6$/);
});
