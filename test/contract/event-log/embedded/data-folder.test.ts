import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acquireDataFolder, DataFolderRefused } from '../../../../src/adapters/embedded-log/data-folder.ts';
import { makePrivate } from '../../../../src/adapters/embedded-log/private-files.ts';

function newFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'eventops-folder-'));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  return join(parent, 'data');
}

/** A process that has the folder, until it is told to let go. */
async function holdElsewhere(folder: string) {
  const script = new URL('../../../support/event-log/embedded/holding-process.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  await once(createInterface({ input: child.stdout }), 'line');
  return {
    pid: child.pid,
    async end(how: 'SIGKILL' | 'release') {
      if (how === 'SIGKILL') child.kill(how);
      else child.stdin.end();
      await closed;
    },
  };
}

describe('a data folder', () => {
  it('is made for its owner only', () => {
    const folder = newFolder();
    acquireDataFolder(folder)();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it.each(['SIGKILL', 'release'] as const)('belongs to one process until that ends by %s', async (how) => {
    const folder = newFolder();
    const holder = await holdElsewhere(folder);
    expect(() => acquireDataFolder(folder)).toThrow(DataFolderRefused);
    expect(() => acquireDataFolder(folder)).toThrow(`${folder} is in use by process ${holder.pid}`);
    await holder.end(how);
    acquireDataFolder(folder)();
  });

  it('goes from one holder to the next, also within a process', () => {
    const folder = newFolder();
    const release = acquireDataFolder(folder);
    expect(() => acquireDataFolder(folder)).toThrow(`in use by process ${process.pid}`);
    release();
    release();
    const releaseAgain = acquireDataFolder(folder);
    release();
    expect(() => acquireDataFolder(folder)).toThrow(DataFolderRefused);
    releaseAgain();
  });

  it('does not name a holder that is gone', async () => {
    const folder = newFolder();
    const [gone, holder] = [await holdElsewhere(newFolder()), await holdElsewhere(folder)];
    await gone.end('SIGKILL');
    writeFileSync(join(folder, 'lock.pid'), String(gone.pid));
    expect(() => acquireDataFolder(folder)).toThrow('in use by another process');
    await holder.end('SIGKILL');
  });

  it('is refused where there is a file, and says so', () => {
    const folder = newFolder();
    writeFileSync(folder, '');
    expect(() => acquireDataFolder(folder)).toThrow(`${folder} cannot be used`);
    expect(() => acquireDataFolder(join(folder, 'deeper'))).toThrow(DataFolderRefused);
  });

  it.each(['/proc/nope', '/proc/nope/deeper', '/dev/null/nope'])(
    'is refused at once where none can be made: %s',
    (folder) => {
      expect(() => acquireDataFolder(folder)).toThrow(`The data folder ${folder} cannot be used`);
    },
  );

  it('takes the rights of others from what is ours, whatever the umask and the folder were before', () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'read-tables', 'cluster'), { recursive: true });
    const files = ['log.sqlite', 'log.sqlite-wal', 'log.sqlite.end', 'lock', join('read-tables', 'cluster', 'row')];
    for (const file of files) writeFileSync(join(folder, file), '');
    for (const path of ['', ...files]) chmodSync(join(folder, path), path === '' ? 0o777 : 0o666);
    expect(makePrivate(folder)).toBeNull();
    const modes = ['', join('read-tables', 'cluster'), ...files].map(
      (path) => statSync(join(folder, path)).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o700, ...files.map(() => 0o600)]);
  });

  it('leaves alone what is not ours, with the folder that holds it, and says so', () => {
    const folder = newFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, 'diary'), '');
    for (const path of ['diary', '']) chmodSync(join(folder, path), 0o755);
    expect(makePrivate(folder)).toContain('it holds diary, which is not ours');
    expect(['diary', ''].map((path) => statSync(join(folder, path)).mode & 0o777)).toEqual([0o755, 0o755]);
  });
});
