import { parseSync } from '@swc/core';
import { describe, expect, it } from 'vitest';
import { projectFilesIn, textOf } from '../../support/project-files.ts';

type Node = Readonly<Record<string, unknown>>;

const bannedNames = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'performance',
  'randomUUID',
  'randomBytes',
  'randomInt',
];
const bannedMembers = [
  'Date.now',
  'Math.random',
  'process.hrtime',
  'process.uptime',
  'crypto.randomUUID',
  'crypto.getRandomValues',
  'AbortSignal.timeout',
  'Temporal.Now',
];
const bannedModules = /^(node:)?(timers(\/promises)?|perf_hooks)$/;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;
const nameOf = (value: unknown) => (isNode(value) && value['type'] === 'Identifier' ? String(value['value']) : '');

/** What a node itself is, if it is one of the things that `find` looks for. */
type Finder = (node: Node) => string | null;

function search(node: unknown, find: Finder): string[] {
  if (Array.isArray(node)) return node.flatMap((each) => search(each, find));
  if (!isNode(node)) return [];
  const found = find(node);
  if (found !== null) return [found];
  // The name of a member is no use of a variable of that name.
  const { property, key, ...rest } = node;
  const inner = [property, key].filter((each) => isNode(each) && each['type'] === 'Computed');
  return [...inner, ...Object.values(rest)].flatMap((each) => search(each, find));
}

const findClockOrRandom: Finder = (node) => {
  switch (node['type']) {
    case 'MemberExpression': {
      const object = nameOf(node['object']);
      const property = nameOf(node['property']);
      if (bannedMembers.includes(`${object}.${property}`)) return `${object}.${property}`;
      return object === 'globalThis' && bannedNames.includes(property) ? property : null;
    }
    case 'NewExpression': {
      const hasArguments = Array.isArray(node['arguments']) && node['arguments'].length > 0;
      return nameOf(node['callee']) === 'Date' && !hasArguments ? 'new Date()' : null;
    }
    case 'CallExpression':
      return nameOf(node['callee']) === 'Date' ? 'Date()' : null;
    case 'ImportDeclaration': {
      const source = isNode(node['source']) ? String(node['source']['value']) : '';
      return bannedModules.test(source) ? source : null;
    }
    case 'Identifier':
      return bannedNames.includes(nameOf(node)) ? nameOf(node) : null;
    default:
      return null;
  }
};

const findEnvironment: Finder = (node) => {
  if (node['type'] === 'MemberExpression' && nameOf(node['object']) === 'process' && nameOf(node['property']) === 'env')
    return 'process.env';
  const fromProcess =
    node['type'] === 'ImportDeclaration' &&
    isNode(node['source']) &&
    /^(node:)?process$/.test(String(node['source']['value']));
  return fromProcess ? 'node:process' : null;
};

const searchText = (text: string, find: Finder) =>
  search(parseSync(text, { syntax: 'typescript', target: 'es2024' }).body, find);
const searchFiles = (files: readonly string[], find: Finder) =>
  files.flatMap((path) => searchText(textOf(path), find).map((found) => `${path}: ${found}`));

describe('time and random numbers', () => {
  it('come through ports into domain, application, worker and projections', () => {
    // Processes and threads of handlers live in real time: the simulation runs handlers in the worker itself.
    const files = projectFilesIn('src/domain', 'src/application', 'src/worker', 'src/projections').filter(
      (path) => !path.startsWith('src/worker/isolation/'),
    );
    expect(files.length).toBeGreaterThan(20);
    expect(searchFiles(files, findClockOrRandom)).toEqual([]);
  });

  it.each([
    ['const at = Date.now();', 'Date.now'],
    ['const at = new Date();', 'new Date()'],
    ['const at = new Date;', 'new Date()'],
    ['const at = Date();', 'Date()'],
    ['const now = [1].map(Date.now);', 'Date.now'],
    ['const x = Math.random();', 'Math.random'],
    ['setTimeout(() => {}, 5);', 'setTimeout'],
    ['const wait = promisify(setTimeout);', 'setTimeout'],
    ['globalThis.setInterval(f, 5);', 'setInterval'],
    ['const id = crypto.randomUUID();', 'crypto.randomUUID'],
    [`import { randomUUID } from 'node:crypto';`, 'randomUUID'],
    [`import { setTimeout as wait } from 'node:timers/promises';`, 'node:timers/promises'],
    ['const at = performance.now();', 'performance'],
    ['const deadline = AbortSignal.timeout(5);', 'AbortSignal.timeout'],
    ['class A { at = () => ({ at: [new Date()] }); }', 'new Date()'],
  ])('are found in: %s', (text, found) => {
    expect(searchText(text, findClockOrRandom)).toEqual([found]);
  });

  it.each([
    'const text = new Date(epochMs).toISOString();',
    'const epochMs = Date.parse(text);',
    'const at = clock.now(); reply.setTimeout(5); const { performance: p } = options;',
    '// Date.now() would be wrong here, and so would setTimeout.\nconst text = "Math.random()";',
    `import { hash } from 'node:crypto';`,
  ])('are not seen in: %s', (text) => {
    expect(searchText(text, findClockOrRandom)).toEqual([]);
  });
});

describe('the environment', () => {
  it('is read in src/config only', () => {
    const files = projectFilesIn('src').filter((path) => !path.startsWith('src/config/'));
    expect(searchFiles(files, findEnvironment)).toEqual([]);
  });

  it.each([
    ['const port = process.env.PORT;', 'process.env'],
    ['const { PORT } = process.env;', 'process.env'],
    [`import { env } from 'node:process';`, 'node:process'],
  ])('is found in: %s', (text, found) => {
    expect(searchText(text, findEnvironment)).toEqual([found]);
  });
});
