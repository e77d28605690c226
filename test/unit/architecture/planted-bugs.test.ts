import { describe, expect, it } from 'vitest';
import { lostEndIsNotNoticed } from '../../support/event-log/embedded/open-with-bug.ts';
import { textOf } from '../../support/project-files.ts';
import { withBug } from '../../support/simulation/plant-bug.ts';
import { plantedBugs } from '../../support/simulation/planted-bugs.ts';

// Trying whether a bug is noticed takes minutes; whether it still has its place in the code, nothing.
describe('a bug to be planted', () => {
  it.each([...plantedBugs, lostEndIsNotNoticed])('has its place in the code as it is: $name', (bug) => {
    for (const { file } of bug.edits) expect(withBug(bug, file, textOf(`src/${file}`))).not.toBe(textOf(`src/${file}`));
  });

  it('is refused when its place is gone, or is there twice', () => {
    const bug = { name: 'nothing works', edits: [{ file: 'a.ts', find: 'works', replace: 'fails' }], caughtBy: 1 };
    expect(withBug(bug, 'a.ts', 'it works')).toBe('it fails');
    expect(() => withBug(bug, 'a.ts', 'it does')).toThrow('The bug "nothing works" has no place in a.ts');
    expect(() => withBug(bug, 'a.ts', 'works, works')).toThrow('no place');
  });
});
