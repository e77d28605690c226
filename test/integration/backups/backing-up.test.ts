import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { verifyBackup } from '../../../src/adapters/embedded-log/backup/verify-backup.ts';
import { readConfig } from '../../../src/config/config.ts';
import { backUpLog } from '../../../src/main/back-up-log.ts';
import { logFileOf } from '../../../src/main/open-parts.ts';
import {
  appendEvents,
  folderOfTest,
  runLog,
  TRANSITIONS_OF_AN_EVENT,
} from '../../support/event-log/embedded/log-of-histories.ts';

const configOf = (dataFolder: string) => readConfig({ DATA_DIR: dataFolder });
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing was refused',
    (error: Error) => error.message,
  );

describe('a backup of an embedded log that a process has open', () => {
  it('holds everything that was answered for before, also what is in the write-ahead file alone', async () => {
    const dataFolder = folderOfTest();
    const { log } = await runLog(dataFolder);
    await appendEvents(log, 0, 50);
    const file = join(folderOfTest(), 'backup');
    await backUpLog(configOf(dataFolder), file);
    const { seal, audit } = await verifyBackup(file);
    expect(seal).toMatchObject({ position: 50 * TRANSITIONS_OF_AN_EVENT, histories: 50 });
    expect(audit).toMatchObject({ streams: 50, brokenCount: 0 });
    expect(readdirSync(join(file, '..'))).toEqual(['backup']);
  });

  it('is taken while appends go on, and ends at a position of the log', async () => {
    const dataFolder = folderOfTest();
    const { log } = await runLog(dataFolder);
    await appendEvents(log, 0, 1_000);
    const file = join(folderOfTest(), 'backup');
    let isWritten = false;
    let events = 1_000;
    const backingUp = backUpLog(configOf(dataFolder), file).finally(() => {
      isWritten = true;
    });
    for (; !isWritten; events += 10) await appendEvents(log, events, events + 10);
    await backingUp;
    const { seal, audit } = await verifyBackup(file);
    expect(audit.brokenCount).toBe(0);
    expect(seal.position).toBeGreaterThanOrEqual(1_000 * TRANSITIONS_OF_AN_EVENT);
    expect(seal.position).toBeLessThanOrEqual(events * TRANSITIONS_OF_AN_EVENT);
    expect((await log.head())?.position).toBe(BigInt(events * TRANSITIONS_OF_AN_EVENT));
  });

  it('is one at a time, and one that is stopped leaves the next one free', async () => {
    const dataFolder = folderOfTest();
    const { log } = await runLog(dataFolder);
    await appendEvents(log, 0, 100);
    const target = join(folderOfTest(), 'target');
    writeFileSync(target, '');
    expect(await refusalOf(log.backUp(target, AbortSignal.abort()))).toContain(
      `${target} was not written: it was stopped`,
    );
    const files = ['one', 'two'].map((name) => join(folderOfTest(), name));
    const outcomes = await Promise.all(files.map((file) => refusalOf(backUpLog(configOf(dataFolder), file))));
    const refused = outcomes.filter((outcome) => outcome !== 'nothing was refused');
    expect(refused).toEqual([expect.stringContaining('Another backup is being written, to')]);
    await backUpLog(configOf(dataFolder), join(folderOfTest(), 'three'));
  });

  it('is asked for over a socket that other users cannot reach, and is written to no file that holds something', async () => {
    const dataFolder = folderOfTest();
    const { log } = await runLog(dataFolder);
    await appendEvents(log, 0, 1);
    const holding = join(folderOfTest(), 'holding');
    writeFileSync(holding, 'something');
    const ask = (text: string) =>
      new Promise<string>((resolve) => {
        let answer = '';
        const connection = connect(join(dataFolder, 'backup.sock'));
        connection.on('data', (part) => (answer += part)).on('close', () => resolve(answer));
        connection.write(`${text}\n`);
      });
    expect(await ask(JSON.stringify({ target: holding }))).toContain('is no empty file');
    expect(readFileSync(holding, 'utf8')).toBe('something');
    for (const wrong of ['{}', 'backup', JSON.stringify({ target: 'relative' })])
      expect(await ask(wrong)).toContain('refused');
    expect(statSync(join(dataFolder, 'backup.sock')).mode & 0o077).toBe(0);
  });

  it('is reached in a folder whose path is longer than that of a socket may be', async () => {
    const dataFolder = join(folderOfTest(), 'a'.repeat(120));
    const { log } = await runLog(dataFolder);
    await appendEvents(log, 0, 2);
    const file = join(folderOfTest(), 'backup');
    await backUpLog(configOf(dataFolder), file);
    expect((await verifyBackup(file)).seal.histories).toBe(2);
  });
});

describe('a backup of an embedded log that no process has open', () => {
  it('has what a killed process left in the write-ahead file, and changes nothing of it', async () => {
    const running = folderOfTest();
    const { log } = await runLog(running);
    await appendEvents(log, 0, 20);
    const dataFolder = folderOfTest();
    const suffixes = ['', '-wal', '.end'];
    for (const suffix of suffixes) copyFileSync(`${logFileOf(running)}${suffix}`, `${logFileOf(dataFolder)}${suffix}`);
    const before = suffixes.map((suffix) => readFileSync(`${logFileOf(dataFolder)}${suffix}`));
    const file = join(folderOfTest(), 'backup');
    await backUpLog(configOf(dataFolder), file);
    expect((await verifyBackup(file)).seal.histories).toBe(20);
    expect(suffixes.map((suffix) => readFileSync(`${logFileOf(dataFolder)}${suffix}`))).toEqual(before);
  });

  it('is not made of a log that lacks its end, and none of one that was tampered with', async () => {
    const dataFolder = folderOfTest();
    const { log, stop } = await runLog(dataFolder);
    await appendEvents(log, 0, 3);
    const lacking = folderOfTest();
    copyFileSync(`${logFileOf(dataFolder)}.end`, `${logFileOf(lacking)}.end`);
    await stop();
    copyFileSync(`${logFileOf(dataFolder)}.end`, `${logFileOf(lacking)}.end`);
    const older = folderOfTest();
    await runLog(older).then((run) => run.stop());
    copyFileSync(logFileOf(older), logFileOf(lacking));
    const folder = folderOfTest();
    expect(await refusalOf(backUpLog(configOf(lacking), join(folder, 'backup')))).toContain('No backup was made of it');

    const database = new DatabaseSync(logFileOf(dataFolder));
    database.exec(`DROP TRIGGER transitions_refuse_update; UPDATE transitions SET data = '{}' WHERE position = 2;
      CREATE TRIGGER transitions_refuse_update BEFORE UPDATE ON transitions BEGIN SELECT RAISE(ABORT, 'The log is append-only'); END;`);
    database.close();
    const refusal = await refusalOf(backUpLog(configOf(dataFolder), join(folder, 'backup')));
    expect(refusal).toContain('The log is not what was written, so no backup was made of it: event-');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the file of a backup', () => {
  it('replaces nothing, and is not where it would be lost with the log', async () => {
    const dataFolder = folderOfTest();
    const { log, stop } = await runLog(dataFolder);
    await appendEvents(log, 0, 1);
    await stop();
    const folder = folderOfTest();
    const at = (name: string) => refusalOf(backUpLog(configOf(dataFolder), join(folder, name)));
    writeFileSync(join(folder, 'present'), 'mine');
    symlinkSync(join(folder, 'nothing'), join(folder, 'link'));
    symlinkSync(dataFolder, join(folder, 'linked-data'));
    mkdirSync(join(dataFolder, 'inner'));
    writeFileSync(join(folder, 'killed.partial'), 'half');
    expect(await at('present')).toContain('is there already, and backups replace no file');
    expect(await at('link')).toContain('is there already');
    expect(await at('linked-data/backup')).toContain('is in the data folder, and would be lost with it');
    expect(await at('linked-data/inner/backup')).toContain('is in the data folder');
    expect(await at('nowhere/backup')).toContain(`There is no folder ${join(folder, 'nowhere')}`);
    expect(await at('killed')).toContain(
      'killed.partial is there: another backup is being written to it, or one was killed',
    );
    expect(readFileSync(join(folder, 'present'), 'utf8')).toBe('mine');
    expect(existsSync(join(folder, 'nothing'))).toBe(false);
    const elsewhere = readConfig({ DATA_DIR: dataFolder, EVENTSTORE_URL: 'esdb://localhost:2113' });
    expect(await refusalOf(backUpLog(elsewhere, join(folder, 'backup')))).toContain(
      'EVENTSTORE_URL: the log is not in the data folder',
    );
    expect(await refusalOf(backUpLog(configOf(folder), join(folder, 'backup')))).toContain('There is no log at');
  });
});
