import { describe, expect, it } from 'vitest';
import { projectFiles, textOf } from '../../support/project-files.ts';

const isText = (path: string) => /\.(ts|mjs|js|json|jsonc|md|yml|yaml|sh|sql|toml)$|^(bin|\.ci)\//.test(path);
/** Folders of somebody's machine; Ada is nobody. Put together from parts, so that this file is not found by itself. */
const machineFolder = new RegExp(`(?<![\\w.:/-])/(${['home', 'Users', 'root', 'work'].join('|')})/(?!ada/)[\\w.-]`);

describe('what is committed', () => {
  it('names no folder of the machine it was written on', () => {
    const found = projectFiles().filter((path) => isText(path) && machineFolder.test(textOf(path)));
    expect(found).toEqual([]);
  });

  it.each([' /home', '"/Users', '(/root', '`/work'])('would be found out: %s', (start) => {
    expect(machineFolder.test(`${start}/eventops`)).toBe(true);
  });
});
