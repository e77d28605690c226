import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { snippetsOf } from '../../support/markdown.ts';

const changes = snippetsOf('CONTRIBUTING.md').flatMap(({ code }) =>
  [...code.matchAll(/^([+~]) (\S+)/gm)].map(([, kind, path = '']) => ({ kind, path })),
);

describe('how to add something', () => {
  it('names files to change that are there', () => {
    const changed = changes.filter(({ kind }) => kind === '~').map(({ path }) => path);
    expect(changed.length).toBeGreaterThan(10);
    expect(changed.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('puts new files into folders that are there, but for those that get their name', () => {
    const folders = changes.filter(({ kind }) => kind === '+').map(({ path }) => path.split(/\/[^/]*</)[0] ?? '');
    expect(folders.length).toBeGreaterThan(5);
    expect(folders.filter((folder) => !existsSync(folder))).toEqual([]);
  });
});
