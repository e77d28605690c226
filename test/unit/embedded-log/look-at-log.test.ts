import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lookAtLog } from '../../../src/adapters/embedded-log/look-at-log.ts';

function aFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'log.sqlite');
}

describe('a log at a look', () => {
  it('is in use while a process has it, and sound after that', () => {
    const file = aFile();
    const log = new DatabaseSync(file);
    log.exec(
      'PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE one (a); BEGIN IMMEDIATE; INSERT INTO one VALUES (1); COMMIT',
    );
    expect(lookAtLog(file)).toEqual({ state: 'in-use' });
    log.close();
    expect(lookAtLog(file)).toEqual({ state: 'sound' });
  });

  it('is unusable when it is something else', () => {
    const file = aFile();
    writeFileSync(file, 'no database at all, and longer than a header of one would have to be '.repeat(10));
    expect(lookAtLog(file)).toEqual({ state: 'unusable', why: 'file is not a database' });
  });
});
