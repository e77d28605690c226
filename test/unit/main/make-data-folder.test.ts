import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeDataFolder } from '../../../src/main/make-data-folder.ts';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-data-folder-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it('a data folder is made with those above it, for its owner alone, and left as it is when it is there', () => {
  const folder = join(newFolder(), 'a/b/c');
  makeDataFolder(folder);
  makeDataFolder(folder);
  for (const each of [folder, join(folder, '..'), join(folder, '../..')])
    expect(statSync(each).mode & 0o777).toBe(0o700);
});

it.each([
  ['takes no folders', () => '/proc/nope'],
  ['takes no folders, further up', () => '/proc/nope/data'],
  ['is a file', () => join(writtenFile(), 'data')],
])('a folder whose parent %s is refused at once, with what to do', (_, folder) => {
  expect(() => makeDataFolder(folder())).toThrow(
    /^DATA_DIR: the folder .+ cannot be made \(E\w+\): .+, or give another folder$/,
  );
});

it('a file in its place is refused, and so is a link to nowhere', () => {
  expect(() => makeDataFolder(writtenFile())).toThrow(/cannot be made \(ENOTDIR\)/);
  const link = join(newFolder(), 'link');
  symlinkSync('/nowhere/at/all', link);
  expect(() => makeDataFolder(link)).toThrow(/cannot be made \(ENOENT\)/);
});

function writtenFile(): string {
  const file = join(newFolder(), 'file');
  writeFileSync(file, '');
  return file;
}
