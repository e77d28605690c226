import { describe, expect, it } from 'vitest';
import { projectFiles, textOf } from '../../support/project-files.ts';

const isText = (path: string) => /\.(ts|mjs|js|json|jsonc|md|yml|yaml|sh|sql|toml)$|^(bin|\.ci)\//.test(path);
/** Folders of somebody's machine. Put together from parts, so that this file is not found by itself. */
const machineFolder = new RegExp(`(?<![\\w.:/-])/(${['home', 'Users', 'root', 'work'].join('|')})/[\\w.-]`);

const lock: { packages: Record<string, Record<string, unknown>> } = JSON.parse(textOf('package-lock.json'));

describe('what is committed', () => {
  it('names no folder of the machine it was written on', () => {
    const found = projectFiles().filter((path) => isText(path) && machineFolder.test(textOf(path)));
    expect(found).toEqual([]);
  });

  it.each([' /home', '"/Users', '(/root', '`/work'])('would be found out: %s', (start) => {
    expect(machineFolder.test(`${start}/eventops`)).toBe(true);
  });

  it('takes packages from whatever registry the reader uses', () => {
    const addressed = Object.entries(lock.packages).filter(([, entry]) => 'resolved' in entry && !('link' in entry));
    expect(addressed.map(([name]) => name)).toEqual([]);
    expect(textOf('.npmrc')).not.toContain('registry');
  });

  it('vouches for the content of every package', () => {
    const unchecked = Object.entries(lock.packages).filter(
      ([name, entry]) => name !== '' && !('integrity' in entry) && !('link' in entry) && !('inBundle' in entry),
    );
    expect(unchecked.map(([name]) => name)).toEqual([]);
  });
});
