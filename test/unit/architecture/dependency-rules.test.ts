import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findViolations } from '../../../scripts/dependencies/find-violations.ts';
import { layers, rules } from '../../../scripts/dependencies/rules.ts';

type Files = Readonly<Record<string, string>>;

const root = mkdtempSync(join(tmpdir(), 'dependency-rules-'));
afterAll(() => rmSync(root, { recursive: true }));
let projects = 0;

function write(files: Files): string {
  const folder = join(root, String(projects++));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const packageNames = [
  'zod',
  'canonicalize',
  'kysely',
  'fastify',
  '@fastify/helmet',
  'pg',
  '@electric-sql/pglite',
  'amqplib',
  '@eventstore/db-client',
  'jose',
  'commander',
  'openai',
  '@google/generative-ai',
  '@aws-sdk/client-s3',
  'undici',
  '@opentelemetry/api',
];
const installed = (name: string): Files => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
  [`node_modules/${name}/index.js`]: '',
});

/** A project of the right shape: each layer has a module, and every arrow is one that the architecture has. */
const skeleton: Files = {
  'package.json': JSON.stringify({
    dependencies: Object.fromEntries(packageNames.map((name) => [name, '1.0.0'])),
    devDependencies: { vitest: '1.0.0' },
  }),
  ...Object.assign({}, ...[...packageNames, 'vitest'].map(installed)),
  'src/domain/event/state.ts': `import { z } from 'zod'; export const state = z;`,
  'src/application/port.ts': `import type { state } from '../domain/event/state.ts'; import { hash } from 'node:crypto'; import canonicalize from 'canonicalize'; export type Port = [typeof state, typeof hash, typeof canonicalize];`,
  'src/adapters/postgres/pool.ts': `import type { Port } from '../../application/port.ts'; import '../files/sync.ts'; import pg from 'pg'; import '@electric-sql/pglite'; import 'kysely'; export const pool: Port = pg;`,
  'src/adapters/files/sync.ts': `import 'node:fs'; export const sync = 1;`,
  'src/adapters/embedded-log/log.ts': `import 'node:sqlite'; export const log = 1;`,
  'src/adapters/rabbitmq/bus.ts': `import 'amqplib'; export const bus = 1;`,
  'src/adapters/eventstoredb/log.ts': `import '@eventstore/db-client'; export const log = 1;`,
  'src/adapters/tracing/open.ts': `import '@opentelemetry/api'; export const tracing = 1;`,
  'src/adapters/oidc/keys.ts': `import 'jose'; export const keys = 1;`,
  'src/projections/events/queries.ts': `import 'kysely'; export const queries = 1;`,
  'src/projections/index.ts': `import { queries } from './events/queries.ts'; export const all = [queries];`,
  'src/api/server.ts': `import { queries } from '../projections/events/queries.ts'; import 'fastify'; import '@fastify/helmet'; export const server = queries;`,
  'src/worker/loop.ts': `import type { Port } from '../application/port.ts'; export type Loop = Port;`,
  'src/config/config.ts': `import 'zod'; export const config = process.env;`,
  'src/cli/program.ts': `import 'commander'; export const program = 1;`,
  'src/main/open.ts': ['postgres/pool', 'rabbitmq/bus', 'eventstoredb/log']
    .map((module) => `await import('../adapters/${module}.ts');`)
    .join('\n'),
  'src/main/compose.ts': [
    './open',
    '../adapters/embedded-log/log',
    '../adapters/oidc/keys',
    '../api/server',
    '../worker/loop',
    '../projections/index',
    '../cli/program',
    '../config/config',
  ]
    .map((module) => `import '${module}.ts';`)
    .join('\n'),
};

/** A file more, or another one, and what has to be said about it. */
const violations: readonly (readonly [rule: string, files: Files])[] = [
  ['domain-is-pure', { 'src/domain/event/x.ts': `import '../../application/port.ts';` }],
  ['domain-is-pure', { 'src/domain/event/x.ts': `import 'canonicalize';` }],
  ['domain-is-pure', { 'src/domain/event/x.ts': `import type { Hash } from 'node:crypto';` }],
  ['aggregates-are-apart', { 'src/domain/plan/x.ts': `import '../event/state.ts';` }],
  ['application-knows-ports-only', { 'src/application/x.ts': `import 'undici';` }],
  ['application-knows-ports-only', { 'src/application/x.ts': `import { readFile } from 'node:fs/promises';` }],
  ['application-knows-ports-only', { 'src/application/x.ts': `export * from '../worker/loop.ts';` }],
  ['adapters-are-apart', { 'src/adapters/postgres/x.ts': `import '../rabbitmq/bus.ts';` }],
  ['adapters-are-apart', { 'src/adapters/postgres/x.ts': `import '../../worker/loop.ts';` }],
  ['adapters-are-apart', { 'src/adapters/files/x.ts': `import '../postgres/pool.ts';` }],
  ['only-main-imports-adapters', { 'src/worker/x.ts': `import '../adapters/rabbitmq/bus.ts';` }],
  ['only-main-imports-adapters', { 'src/worker/x.ts': `await import('../adapters/rabbitmq/bus.ts');` }],
  ['only-main-imports-adapters', { 'src/index.ts': `export { bus } from './adapters/rabbitmq/bus.ts';` }],
  ['adapters-of-servers-are-loaded-when-needed', { 'src/main/x.ts': `import '../adapters/postgres/pool.ts';` }],
  ['siblings-are-apart', { 'src/worker/x.ts': `import type { server } from '../api/server.ts';` }],
  [
    'siblings-are-apart',
    { 'src/api/x.ts': `import '../projections/events/table.ts';`, 'src/projections/events/table.ts': '' },
  ],
  ['only-the-api-asks-queries', { 'src/worker/x.ts': `import '../projections/events/queries.ts';` }],
  ['drivers-live-in-adapters', { 'src/worker/x.ts': `import 'undici';` }],
  ['read-models-are-apart', { 'src/projections/other/x.ts': `import '../events/queries.ts';` }],
  ['nobody-imports-main', { 'src/cli/x.ts': `import '../main/compose.ts';` }],
  ['only-main-reads-config', { 'src/worker/x.ts': `import '../config/config.ts';` }],
  ['config-stands-alone', { 'src/config/x.ts': `import '../application/port.ts';` }],
  ['eventstore-has-one-home', { 'src/worker/x.ts': `import '@eventstore/db-client';` }],
  ['amqplib-has-one-home', { 'src/worker/x.ts': `import type { Channel } from 'amqplib';` }],
  ['postgres-has-one-home', { 'src/projections/events/x.ts': `import 'pg';` }],
  ['postgres-has-one-home', { 'src/projections/events/x.ts': `import '@electric-sql/pglite';` }],
  ['sqlite-has-three-homes', { 'src/adapters/postgres/x.ts': `import { DatabaseSync } from 'node:sqlite';` }],
  ['jose-has-one-home', { 'src/api/x.ts': `import 'jose';` }],
  ['fastify-has-one-home', { 'src/worker/x.ts': `import 'fastify';` }],
  ['fastify-has-one-home', { 'src/worker/x.ts': `import '@fastify/helmet';` }],
  ['kysely-has-two-homes', { 'src/api/x.ts': `import { sql } from 'kysely';` }],
  ['openai-has-one-home', { 'src/worker/x.ts': `import 'openai';` }],
  ['gemini-has-one-home', { 'src/worker/x.ts': `import '@google/generative-ai';` }],
  ['aws-sdk-has-one-home', { 'src/worker/x.ts': `import '@aws-sdk/client-s3';` }],
  ['opentelemetry-has-one-home', { 'src/api/x.ts': `import '@opentelemetry/api';` }],
  ['commander-has-one-home', { 'src/main/x.ts': `import 'commander';` }],
  ['src-stands-without-its-tests', { 'src/worker/x.ts': `import '../../test/x.ts';`, 'test/x.ts': '' }],
  ['src-needs-declared-packages', { 'src/worker/x.ts': `import 'vitest';` }],
  ['no-cycles', { 'src/worker/x.ts': `import './y.ts';`, 'src/worker/y.ts': `import './x.ts';` }],
  ['no-orphans', { 'src/worker/x.ts': `export const left = 'over';` }],
  ['everything-resolves', { 'src/worker/x.ts': `import './gone.ts';` }],
  ['every-folder-is-a-layer', { 'src/shared/x.ts': `import '../application/port.ts';` }],
  [
    'packages-have-one-home',
    { 'src/worker/x.ts': `import 'undici';`, 'src/adapters/webhooks/x.ts': `import 'undici';` },
  ],
];

describe('the dependency rules', () => {
  it('have nothing to say about a project of the right shape', async () => {
    const { modulesRead, violations: found } = await findViolations(write(skeleton));
    expect(found).toEqual([]);
    expect(modulesRead).toBe(Object.keys(skeleton).filter((path) => path.startsWith('src/')).length);
  });

  it.each(violations)('%s fires: %o', async (rule, files) => {
    const { violations: found } = await findViolations(write({ ...skeleton, ...files }));
    expect(found.map((violation) => violation.rule)).toContain(rule);
  });

  it('layers-are-not-empty fires for each layer', async () => {
    for (const layer of layers) {
      const without = Object.entries(skeleton).filter(([path]) => !path.startsWith(`src/${layer}/`));
      const { violations: found } = await findViolations(write(Object.fromEntries(without)));
      expect(found).toContainEqual({ rule: 'layers-are-not-empty', from: `src/${layer}/`, to: '' });
    }
  });

  it('all have a case here that shows that they fire', () => {
    const shown = new Set(violations.map(([rule]) => rule));
    expect(rules.map(({ name }) => name).filter((name) => !shown.has(name ?? ''))).toEqual([]);
  });
});
