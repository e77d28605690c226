import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { textOf } from '../../support/project-files.ts';

const rows = textOf('docs/security.md')
  .split('\n')
  .flatMap((line) => {
    const [, id, promise, shownBy] = /^\| (S\d+) \| (.*) \| ?(.*?) ?\|$/.exec(line) ?? [];
    return id === undefined ? [] : [{ id, promise: promise ?? '', shownBy: shownBy ?? '' }];
  });

/** The tests that a promise names: a file, and words of a title in it, where there are some. */
const named = (shownBy: string) =>
  [...shownBy.matchAll(/`(test\/[^`]+\.test\.ts)`(?: "([^"]+)")?/g)].map(([, path = '', words = '']) => ({
    path,
    words,
  }));

/** What is wrong with a row. */
function faults({ promise, shownBy }: Pick<(typeof rows)[number], 'promise' | 'shownBy'>): string[] {
  const tests = named(shownBy);
  if (promise.startsWith('not yet: waits for ')) return tests.length === 0 ? [] : ['waits, and names tests'];
  if (tests.length === 0) return ['names no test'];
  return tests.flatMap(({ path, words }) => {
    if (!existsSync(path)) return [`${path} does not exist`];
    return textOf(path).includes(words) ? [] : [`${path} has no "${words}"`];
  });
}

describe('the promises in docs/security.md', () => {
  it('are S1 to S27, each once', () => {
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 27 }, (_, index) => `S${index + 1}`));
  });

  it.each(rows)('$id names tests that are there, or says what it waits for', (row) => {
    expect(faults(row)).toEqual([]);
  });

  it.each([
    ['no test', { promise: 'All is well', shownBy: '' }, 'names no test'],
    ['a file that is not there', { promise: 'x', shownBy: '`test/api/none.test.ts` "x"' }, 'does not exist'],
    ['another title', { promise: 'x', shownBy: '`test/api/access.test.ts` "no such words"' }, 'has no "no such words"'],
    ['tests, and waits', { promise: 'not yet: waits for x', shownBy: '`test/api/access.test.ts`' }, 'waits, and names'],
  ])('would not pass with %s', (_what, row, fault) => {
    expect(faults(row).join()).toContain(fault);
  });
});
