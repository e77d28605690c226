import { describe, expect, it } from 'vitest';
import { projectFiles, textOf } from '../../support/project-files.ts';

/** For a reader who has learnt English as a second language: the word of a dictionary of computing, not one of ours. */
const everywhere: readonly (readonly [words: string, pattern: RegExp, instead: string])[] = [
  ['anew', /\banew\b/i, 'again, reopened, rebuilt'],
  ['mend', /\bmend(s|ed|ing)?\b/i, 'correct, fix, repair'],
  ['for ever', /\bfor ever\b/i, 'permanently, without limit, indefinitely'],
  ['at present', /\bat present\b/i, 'currently'],
  ['befall', /\bbef(all|alls|ell)\b/i, 'happen to'],
  ['set right', /\bset right\b/i, 'correct, repair'],
  ['built again', /\b(built|made) again\b/i, 'rebuilt, recreated'],
  ['unless told', /\b(unless|until) told\b/i, 'by default'],
];

const outsideOfTests: readonly (readonly [words: string, pattern: RegExp, instead: string])[] = [
  [
    'is told',
    /\b(is|are|was|were|be|been|being|not) told\b|\btold (of|by|from|apart)\b/i,
    'returned, reported, logged, distinguished',
  ],
  ['tells', /\btells\b|\btell\b(?!\W*[=(:)])/i, 'returns, reports, shows, distinguishes'],
  ['nobody, somebody', /\b(no|some|every|any)body('s)?\b(?!-)/i, 'no client, another process, an operator, they'],
  ['he', /\b(he|him|his)\b/i, 'they, them, their'],
  ['away', /\b(is|are|was|were|be|slow or|busy or) away\b/i, 'unavailable'],
  ['in hand', /\bin hand\b/i, 'in progress, unacknowledged'],
  ['for good', /\bfor good\b/i, 'permanently'],
  ['becomes of', /\bbec[ao]mes? of\b/i, 'happens to; the outcome of'],
  [
    'a place in the log',
    /\b(no|a|its|that|the last|stored|usable) places? in (the|this|its) log\b/i,
    'position, checkpoint',
  ],
  [
    'place of a subscriber',
    /\b(stores?|stored|keeps?|remembers?|moves?|moved) (its|their|the|a) places?\b/i,
    'position, checkpoint',
  ],
  ["a subscriber's place", /\b(subscriber|dispatcher|projector)'s( stored)? place\b/i, 'position, checkpoint'],
];

const prose = ['src', 'docs', 'bin', 'scripts', 'bench', 'examples', 'migrations'];
const pages = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', '.env.example', 'eventops.config.ts'];

const found = (text: string, words: typeof everywhere) =>
  text
    .split('\n')
    .flatMap((line, index) =>
      words
        .filter(([, pattern]) => pattern.test(line))
        .map(([said, , instead]) => `${index + 1}: ${said} (write: ${instead})`),
    );

const foundIn = (paths: readonly string[], words: typeof everywhere) =>
  paths
    .filter((path) => /\.(ts|mjs|cjs|md|example)$|^bin\//.test(path) && !path.endsWith('standard-words.test.ts'))
    .flatMap((path) => found(textOf(path), words).map((complaint) => `${path}:${complaint}`));

const filesIn = (folders: readonly string[]) => folders.flatMap((folder) => projectFiles(folder));

describe('code, messages and pages', () => {
  it('use standard words', () => {
    const paths = [...filesIn(prose), ...pages];
    expect(paths.length).toBeGreaterThan(400);
    expect(foundIn(paths, [...everywhere, ...outsideOfTests])).toEqual([]);
  });
});

describe('tests', () => {
  it('use them, too', () => {
    expect(foundIn(filesIn(['test']), everywhere)).toEqual([]);
  });
});

describe('the list', () => {
  it.each([
    ['the file is opened anew', 'anew'],
    ['To be mended by hand', 'mend'],
    ['one event for ever', 'for ever'],
    ['what befell it', 'befall'],
    ['rows that are built again', 'built again'],
    ['5,000 unless told', 'unless told'],
    ['the client is told so', 'is told'],
    ['which tells them apart', 'tells'],
    ["nobody's hand", 'nobody, somebody'],
    ['as he wants', 'he'],
    ['while the log is away', 'away'],
    ['events in hand', 'in hand'],
    ['lost for good', 'for good'],
    ['what became of it', 'becomes of'],
    ['a checkpoint that is no place in this log', 'a place in the log'],
    ['stores its place', 'place of a subscriber'],
    ["the dispatcher's place", "a subscriber's place"],
  ])('finds: %s', (line, words) => {
    expect(found(line, [...everywhere, ...outsideOfTests])).toEqual([expect.stringMatching(`^1: ${words} `)]);
  });

  it.each([
    'one place that reads the errors',
    'const tell = (line: string) => write(line);',
    "name: 'nobody-imports-main',",
    'a good part of it is there for everyone',
    'shed the other half of the hint',
  ])('lets pass: %s', (line) => {
    expect(found(line, [...everywhere, ...outsideOfTests])).toEqual([]);
  });
});
