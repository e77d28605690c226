import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { adviceOnFiles } from '../../../src/main/advice-on-files.ts';

function refusedBy(read: (folder: string) => unknown): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'eventops-advice-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  try {
    return read(folder);
  } catch (error) {
    return error;
  }
}

const circle = (folder: string) => {
  const path = join(folder, 'link');
  symlinkSync(path, path);
  return path;
};

describe('what the file system refuses', () => {
  it.each([
    ['a folder in place of a file', (folder: string) => readFileSync(folder), 'has to be a file'],
    [
      'a file in place of a folder',
      (folder: string) => readFileSync(join('/proc/self/stat', folder)),
      'has to be a folder',
    ],
    ['nothing there', (folder: string) => readFileSync(join(folder, 'gone')), 'name one that is there'],
    ['a circle of links', (folder: string) => readFileSync(circle(folder)), 'lead in a circle'],
    ['a long name', (folder: string) => writeFileSync(join(folder, 'x'.repeat(300)), ''), 'name a shorter one'],
  ])('is told without a stack, with what to do: %s', (_, read, words) => {
    const advice = adviceOnFiles(refusedBy(read));
    expect(advice).toContain(words);
    expect(advice).toMatch(/^EventOps cannot go on: E[A-Z]+: [^\n]+\. What to do: [^\n]+$/);
  });

  it('is not what a program did wrong', () => {
    expect(adviceOnFiles(new TypeError('undefined is not a function'))).toBeNull();
  });
});
