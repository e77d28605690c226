import { describe, expect, it } from 'vitest';
import { projectFilesIn, textOf } from '../../support/project-files.ts';

const folders = ['src', 'test', 'scripts', 'bench', 'examples', 'migrations'];

const complaints: readonly (readonly [complaint: string, pattern: RegExp])[] = [
  ['a banner', /^\s*(\/\/|\/?\*+)\s*([-=*#~_─═]){6,}/],
  ['a task without an issue', /(\/\/|\*).*\bTODO\b(?!\(#\d+\))/],
  ['a check turned off without a reason', /(oxlint|eslint)-disable(?!.*--\s+\w)|biome-ignore(?!.*:\s+\w)/],
  ['types turned off', /@ts-(ignore|nocheck)|@ts-expect-error\s*$/],
];

const complaintsAbout = (text: string) =>
  text
    .split('\n')
    .flatMap((line, index) =>
      complaints.filter(([, pattern]) => pattern.test(line)).map(([name]) => `${index + 1}: ${name}`),
    );

describe('comments', () => {
  it('are sentences for the reader', () => {
    const found = projectFilesIn(...folders)
      .filter((path) => !path.endsWith('architecture/comments.test.ts'))
      .flatMap((path) => complaintsAbout(textOf(path)).map((complaint) => `${path}:${complaint}`));
    expect(found).toEqual([]);
  });

  it.each([
    ['// -------------', 'a banner'],
    ['/************ ports', 'a banner'],
    ['// TODO: later', 'a task without an issue'],
    ['// oxlint-disable-next-line no-console', 'a check turned off without a reason'],
    ['// biome-ignore format:', 'a check turned off without a reason'],
    ['// @ts-ignore because of x', 'types turned off'],
    ['// @ts-expect-error', 'types turned off'],
  ])('are not like this: %s', (line, complaint) => {
    expect(complaintsAbout(line)).toEqual([`1: ${complaint}`]);
  });

  it.each([
    '// TODO(#12) once the server sends it',
    '// oxlint-disable-next-line no-console -- the command prints its result',
    '/** Guarantees. */',
    ' */',
  ])('may be like this: %s', (line) => {
    expect(complaintsAbout(line)).toEqual([]);
  });
});
