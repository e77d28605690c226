import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLogFile } from '../../../../src/adapters/embedded-log/database/log-file.ts';
import { type LogFileProblem, LogFileRefused } from '../../../../src/adapters/embedded-log/log-file-refused.ts';
import { openEmbeddedLog } from '../../../../src/adapters/embedded-log/open-embedded-log.ts';
import { createEmbeddedPlace, type EmbeddedPlace } from '../../../support/event-log/embedded/embedded-place.ts';
import { readLog } from '../../../support/event-log/follow.ts';
import { fill, kindOf, request } from '../../../support/event-log/transitions.ts';

/** A closed log of `length` transitions. */
async function closedLog(length: number): Promise<EmbeddedPlace> {
  const place = createEmbeddedPlace();
  onTestFinished(() => place.destroy());
  const log = await place.open();
  await fill(log, length, { data: JSON.stringify('x'.repeat(500)) });
  await log.close();
  return place;
}

async function expectRefusal(place: EmbeddedPlace, problem: LogFileProblem, ...words: readonly string[]) {
  const refusal = await place.open().then(
    () => 'it was opened',
    (error: unknown) => error,
  );
  expect(refusal).toBeInstanceOf(LogFileRefused);
  if (!(refusal instanceof LogFileRefused)) return;
  expect(refusal.problem).toBe(problem);
  for (const word of [place.path, ...words]) expect(refusal.message).toContain(word);
}

/** Changes the closed file as SQLite lets anybody who has it. */
function tamper(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

describe('an embedded log is opened', () => {
  it('for its owner only, where nothing was', async () => {
    const place = await closedLog(1);
    expect(statSync(place.path).mode & 0o777).toBe(0o600);
    expect(existsSync(`${place.path}.creating`)).toBe(false);
  });

  it('so that every commit waits for the disk, and nobody else gets in', async () => {
    const { path } = await closedLog(1);
    const { database } = openLogFile(path);
    const settings = ['journal_mode', 'synchronous', 'locking_mode'].map((name) =>
      database.prepare(`PRAGMA ${name}`).get(),
    );
    database.close();
    expect(settings).toEqual([{ journal_mode: 'wal' }, { synchronous: 2 }, { locking_mode: 'exclusive' }]);
  });

  it('although its creation was interrupted before', async () => {
    const place = createEmbeddedPlace();
    onTestFinished(() => place.destroy());
    writeFileSync(`${place.path}.creating`, 'half a file');
    const log = await place.open();
    expect(await log.head()).toBeNull();
  });

  it('with everything that was written when it was not closed', async () => {
    const place = await closedLog(10);
    const left = createEmbeddedPlace();
    onTestFinished(() => left.destroy());
    const log = await place.open();
    await fill(log, 100);
    for (const suffix of ['', '-wal', '.end']) copyFileSync(`${place.path}${suffix}`, `${left.path}${suffix}`);
    expect(statSync(`${left.path}-wal`).size).toBeGreaterThan(0);
    expect(await readLog(await left.open())).toHaveLength(110);
  });
});

describe('an embedded log is refused, with its file and what to do', () => {
  it('when it is open in this process already, which goes on with it', async () => {
    const place = await closedLog(3);
    const log = await place.open();
    await expectRefusal(place, 'in-use', 'one process');
    expect(kindOf(await log.append(request()))).toBe('appended');
    await log.close();
  });

  it('when another process has it', async () => {
    const place = await closedLog(3);
    const script = new URL('../../../support/event-log/embedded/appending-process.ts', import.meta.url).pathname;
    const other = spawn(process.execPath, [script, place.path], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(createInterface({ input: other.stdout }), 'line');
    await expectRefusal(place, 'in-use', 'Stop the other one');
    other.kill('SIGKILL');
    await once(other, 'close');
    const log = await place.open();
    expect((await readLog(log)).length).toBeGreaterThanOrEqual(3);
  });

  it('when it is empty', async () => {
    const place = await closedLog(3);
    truncateSync(place.path);
    await expectRefusal(place, 'damaged', 'empty', 'backup');
  });

  it('when it was cut off', async () => {
    const place = await closedLog(500);
    truncateSync(place.path, statSync(place.path).size - 8_192);
    await expectRefusal(place, 'damaged', 'backup');
  });

  it('when a page of its end was overwritten', async () => {
    const place = await closedLog(500);
    const bytes = readFileSync(place.path);
    bytes.fill(0, bytes.length - 4_096 * 3);
    writeFileSync(place.path, bytes);
    await expectRefusal(place, 'damaged', 'backup');
  });

  it('when a row of its end is missing', async () => {
    const place = await closedLog(500);
    tamper(place.path, 'DROP TRIGGER transitions_refuse_delete; DELETE FROM transitions WHERE position = 490;');
    await expectRefusal(place, 'damaged');
  });

  it('when its tables are others', async () => {
    const place = await closedLog(3);
    tamper(place.path, 'DROP TRIGGER streams_refuse_update');
    await expectRefusal(place, 'damaged', 'tables');
  });

  it('when it is missing and its write-ahead file is not', async () => {
    const place = await closedLog(3);
    writeFileSync(`${place.path}-wal`, 'something');
    for (const file of [place.path, `${place.path}.end`]) rmSync(file);
    await expectRefusal(place, 'damaged', 'missing');
  });

  it('when it is another SQLite file, which stays as it is', async () => {
    const place = await closedLog(3);
    rmSync(place.path);
    tamper(place.path, 'CREATE TABLE shop (goods TEXT)');
    const before = readFileSync(place.path);
    await expectRefusal(place, 'foreign', 'not an event log');
    expect(readFileSync(place.path)).toEqual(before);
  });

  it('when it is not a SQLite file, which stays as it is', async () => {
    const place = await closedLog(3);
    writeFileSync(place.path, 'Dear diary, '.repeat(1_000));
    await expectRefusal(place, 'foreign', 'not a SQLite file');
    expect(readFileSync(place.path, 'utf8')).toContain('Dear diary');
  });

  it('when a later version wrote it', async () => {
    const place = await closedLog(3);
    tamper(place.path, 'PRAGMA user_version = 2');
    await expectRefusal(place, 'newer-format', 'format 2', 'Start the version that wrote it');
  });

  it('when its folder is not there', async () => {
    const place = await closedLog(0);
    await expect(openEmbeddedLog({ path: `${place.path}.d/log.db` })).rejects.toMatchObject({ problem: 'unreadable' });
  });
});
