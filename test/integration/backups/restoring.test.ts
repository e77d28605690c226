import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { SEAL_BYTES } from '../../../src/adapters/embedded-log/backup/seal.ts';
import { verifyBackup } from '../../../src/adapters/embedded-log/backup/verify-backup.ts';
import { deriveUuid, streamOf } from '../../../src/application/event-identity.ts';
import { readConfig } from '../../../src/config/config.ts';
import { backUpLog } from '../../../src/main/back-up-log.ts';
import { logFileOf } from '../../../src/main/open-parts.ts';
import { readTablesOf } from '../../../src/main/read-tables.ts';
import { restoreLog } from '../../../src/main/restore-log.ts';
import {
  appendEvents,
  folderOfTest,
  runLog,
  startLog,
  TRANSITIONS_OF_AN_EVENT,
} from '../../support/event-log/embedded/log-of-histories.ts';
import { seededRandom } from '../../support/event-log/seeded-random.ts';
import { folderWithReadTables, openReadTables } from '../../support/read-database/embedded.ts';
import { row } from '../../support/read-database/rows.ts';

const EVENTS = 10;
const FLIPS = 60;

/** Of a log that went on afterwards. */
let backup: Buffer;
/** What is beside the log then. */
let laterMark: Buffer;
let plainCopy: Buffer;

const configOf = (dataFolder: string) => readConfig({ DATA_DIR: dataFolder });
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing was refused',
    (error: Error) => error.message,
  );

function fileOf(bytes: Buffer): string {
  const file = join(folderOfTest(), 'backup');
  writeFileSync(file, bytes);
  return file;
}

/** What it printed. */
async function restore(dataFolder: string, file = fileOf(backup)): Promise<string> {
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await restoreLog(configOf(dataFolder), file);
    return printed.mock.calls.map(([text]) => text).join('');
  } finally {
    printed.mockRestore();
  }
}

async function endOf(dataFolder: string) {
  const { log, stop } = await runLog(dataFolder);
  const head = await log.head();
  await stop();
  return head?.position;
}

/** A log that was started and stopped, and one event in it. */
async function folderWithLog(events: number): Promise<string> {
  const dataFolder = folderOfTest();
  const { log, stop } = await runLog(dataFolder);
  await appendEvents(log, 0, events);
  await stop();
  return dataFolder;
}

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-restoring-'));
  const [dataFolder, file] = [join(folder, 'data'), join(folder, 'backup')];
  const { log, stop } = await startLog(dataFolder);
  await appendEvents(log, 0, EVENTS);
  await backUpLog(configOf(dataFolder), file);
  await appendEvents(log, EVENTS, EVENTS + 2);
  backup = readFileSync(file);
  plainCopy = readFileSync(logFileOf(dataFolder));
  await stop();
  laterMark = readFileSync(`${logFileOf(dataFolder)}.end`);
  rmSync(folder, { recursive: true });
});

describe('a file is refused as a backup', () => {
  it('when it was cut off anywhere', async () => {
    const random = seededRandom(1);
    const lengths = [0, 1, SEAL_BYTES, backup.length - SEAL_BYTES, backup.length - 1];
    for (let turn = 0; turn < 20; turn++) lengths.push(Math.floor(random() * backup.length));
    for (const length of lengths) {
      const file = fileOf(backup);
      truncateSync(file, length);
      expect({ length, said: await refusalOf(verifyBackup(file)) }).toEqual({
        length,
        said: expect.stringContaining(`${file} is not a whole backup`),
      });
    }
  });

  it(`when a bit of it is another one: ${FLIPS} tried, and each part of the seal`, async () => {
    const random = seededRandom(2);
    const sealEnds = backup.lastIndexOf('}') + 1;
    const seal = Array.from(
      { length: sealEnds - (backup.length - SEAL_BYTES) - 1 },
      (_, index) => sealEnds - 1 - index,
    );
    for (const byte of [...Array.from({ length: FLIPS }, () => Math.floor(random() * sealEnds)), ...seal]) {
      const changed = Buffer.from(backup);
      changed[byte] = (changed[byte] ?? 0) ^ (1 << Math.floor(random() * 8));
      const said = await refusalOf(verifyBackup(fileOf(changed)));
      expect({ byte, said }).toEqual({ byte, said: expect.stringMatching(/is damaged|is not a whole backup/) });
    }
  });

  it("when it is a plain copy of a log's file, without what the write-ahead file holds", async () => {
    expect(await refusalOf(verifyBackup(fileOf(plainCopy)))).toContain('-wal file beside it');
    expect(await refusalOf(restore(folderOfTest(), fileOf(plainCopy)))).toContain('is not a whole backup');
    expect(await refusalOf(verifyBackup('/nowhere/backup'))).toContain('There is no file /nowhere/backup');
  });
});

describe('restoring a backup', () => {
  it('gives a new folder the log as it was, which opens by itself and goes on', async () => {
    const dataFolder = join(folderOfTest(), 'data');
    expect(await restore(dataFolder)).toContain(
      `${EVENTS * TRANSITIONS_OF_AN_EVENT} transitions in ${EVENTS} histories`,
    );
    const { log, stop } = await runLog(dataFolder);
    expect((await log.head())?.position).toBe(BigInt(EVENTS * TRANSITIONS_OF_AN_EVENT));
    await appendEvents(log, EVENTS, EVENTS + 1);
    await stop();
    expect(await endOf(dataFolder)).toBe(BigInt((EVENTS + 1) * TRANSITIONS_OF_AN_EVENT));
  });

  it('marks the end of the log, so that losing some of it later is noticed', async () => {
    const dataFolder = folderOfTest();
    await restore(dataFolder);
    const empty = await folderWithLog(0);
    copyFileSync(logFileOf(empty), logFileOf(dataFolder));
    expect(await refusalOf(runLog(dataFolder))).toContain('has lost transitions that were answered for');
  });

  it('replaces a log that is empty, and no other', async () => {
    const empty = await folderWithLog(0);
    await restore(empty);
    expect(await endOf(empty)).toBe(BigInt(EVENTS * TRANSITIONS_OF_AN_EVENT));
    const full = await folderWithLog(1);
    const before = readFileSync(logFileOf(full));
    expect(await refusalOf(restore(full))).toContain('is a log, and restoring replaces none');
    expect(readFileSync(logFileOf(full))).toEqual(before);
    const torn = folderOfTest();
    writeFileSync(logFileOf(torn), 'what is left of a log');
    expect(await refusalOf(restore(torn))).toContain('is not a SQLite file');
  });

  it('is refused in a folder that a process has', async () => {
    const dataFolder = folderOfTest();
    await runLog(dataFolder);
    expect(await refusalOf(restore(dataFolder))).toContain(`is in use by process ${process.pid}`);
  });

  it('says what the log of the folder had beyond it, and keeps what shows that', async () => {
    const dataFolder = folderOfTest();
    writeFileSync(`${logFileOf(dataFolder)}.end`, laterMark);
    writeFileSync(`${logFileOf(dataFolder)}-wal`, 'frames');
    mkdirSync(join(dataFolder, 'audit', 'tree'), { recursive: true });
    mkdirSync(readTablesOf(dataFolder));
    const said = await restore(dataFolder);
    expect(said).toContain(
      `had come to position ${(EVENTS + 2) * TRANSITIONS_OF_AN_EVENT} at least: ${2 * TRANSITIONS_OF_AN_EVENT} transitions that were answered for are not in the backup`,
    );
    expect(said).toContain('The audit tree of before is left as it is');
    const kept = readdirSync(dataFolder).filter((name) => name.includes('kept-'));
    expect(kept).toEqual([expect.stringMatching(/^kept-/), expect.stringMatching(/^read-tables\.kept-/)]);
    expect(readdirSync(join(dataFolder, kept[0] ?? '')).sort()).toEqual(['log.sqlite-wal', 'log.sqlite.end']);
    expect(existsSync(readTablesOf(dataFolder))).toBe(false);
    expect(await endOf(dataFolder)).toBe(BigInt(EVENTS * TRANSITIONS_OF_AN_EVENT));
  });

  it('keeps rows that have seen more, says what they show, and leaves the start none of them', {
    timeout: 180_000,
  }, async () => {
    const dataFolder = folderOfTest();
    const [held, lost] = [row('held', { id: deriveUuid('backed up', '0') }), row('lost')];
    await cp(await folderWithReadTables(), readTablesOf(dataFolder), { recursive: true });
    const { db, close } = await openReadTables(readTablesOf(dataFolder));
    await db.insertInto('events').values([held, lost]).execute();
    await close();
    expect(await restore(dataFolder)).toContain(
      `By the rows beside it, the log lacks ${streamOf(lost.id)} up to revision`,
    );
    expect(existsSync(readTablesOf(dataFolder))).toBe(false);
  });

  it('that was killed before its end is done again', async () => {
    const dataFolder = folderOfTest();
    await restore(dataFolder);
    // As it is before the log takes its name: the mark is there, and the log is not.
    writeFileSync(`${logFileOf(dataFolder)}.creating`, 'half');
    rmSync(logFileOf(dataFolder));
    expect(await refusalOf(runLog(dataFolder))).toContain('it is missing, and the mark of its end');
    await restore(dataFolder);
    expect(await endOf(dataFolder)).toBe(BigInt(EVENTS * TRANSITIONS_OF_AN_EVENT));
  });
});
