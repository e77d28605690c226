import { describe, expect, it } from 'vitest';
import { projectFilesIn, textOf } from '../../support/project-files.ts';

/** The words of a title, wherever the formatter broke the line. */
const titles = (text: string) =>
  [...text.matchAll(/\b(?:it|test|describe)(?:\.\w+)*(?:\([^()]*\))?\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gs)].map(
    ([, , title]) => title ?? '',
  );

const hedges = /\b(should|correctly|properly)\b/i;

describe('the titles of tests', () => {
  it('are claims, in the present tense', () => {
    const found = projectFilesIn('test').flatMap((path) =>
      titles(textOf(path))
        .filter((title) => hedges.test(title))
        .map((title) => `${path}: ${title}`),
    );
    expect(found).toEqual([]);
  });

  it('are found however they are written', () => {
    const written = ["('one')", ".each([1, 2])(\n  'two %s', f)", '.skipIf(x)("three")', '(`four`)'].map(
      (rest) => `it${rest};`,
    );
    expect(titles(written.join(' '))).toEqual(['one', 'two %s', 'three', 'four']);
  });
});
