import { availableParallelism, tmpdir } from 'node:os';
import { defineConfig } from 'vitest/config';
import { leftOf } from './test/support/faults/left-to-faults.ts';
import { folderInMemory } from './test/support/folder-in-memory.ts';
import { LongestFirst } from './test/support/longest-first.ts';

const isWhole = Number(process.env['FAULTS_SCALE']) === 1;

// One project for each level, so that a level can be run alone: `vitest run --project unit`.
const level = (name: string, testTimeout: number) => ({
  extends: true as const,
  test: {
    ...{ name, testTimeout, hookTimeout: 60_000 },
    include: [`test/${name}/**/*.test.ts`],
    exclude: leftOf(name),
  },
});

/**
 * Without a process for each file: starting those takes as much of the processor as the tests do. Tests of these levels
 * keep nothing in modules and leave nothing running.
 */
const levelInSharedProcesses = (name: string, testTimeout: number) => {
  const { extends: extended, test } = level(name, testTimeout);
  return { extends: extended, test: { ...test, isolate: false } };
};

/**
 * Levels whose tests may ask for a real PostgreSQL or RabbitMQ; either starts when the first test asks. Other tests start
 * their own, with a process for each role: a minute is too little for that on a machine that has much else to do.
 */
const levelWithServices = (name: string, testTimeout: number) => {
  const { extends: extended, test } = levelInSharedProcesses(name, testTimeout);
  const globalSetup = 'test/support/services/global-setup.ts';
  return { extends: extended, test: { ...test, globalSetup, hookTimeout: 240_000 } };
};

/** Ends with what was seen of the API's document. */
const api = () => {
  const { extends: extended, test } = levelInSharedProcesses('api', 30_000);
  return { extends: extended, test: { ...test, globalSetup: 'test/support/api/global-setup.ts' } };
};

/**
 * Real processes that are killed, real servers, and the table of guarantees at the end. After all others: each test has a
 * process for each role, on servers of its own.
 */
const faults = (
  name: string,
  files: { readonly include: string[]; readonly exclude?: string[] },
  groupOrder: number,
) => {
  const { extends: extended, test } = levelWithServices(name, 2_700_000);
  const globalSetup = [test.globalSetup, 'test/support/faults/global-setup.ts'];
  return {
    extends: extended,
    test: {
      ...{ ...test, ...files, globalSetup, isolate: true, hookTimeout: 2_700_000 },
      // Fewer at a time than others: a process that is short of a processor takes long to start again.
      ...{ sequence: { groupOrder }, maxWorkers: availableParallelism() },
    },
  };
};

/** Journeys in a browser: one file after the other, on one system. `npm run test:console` alone runs them. */
const inBrowser = () => {
  const { extends: extended, test } = levelInSharedProcesses('console', 120_000);
  const globalSetup = 'test/support/console/global-setup.ts';
  return {
    extends: extended,
    test: { ...test, globalSetup, hookTimeout: 240_000, maxWorkers: 1, sequence: { groupOrder: 3 } },
  };
};

/** It fails where a server is slow, so that nothing else may run beside it. */
const ALONE = 'test/faults/special/worst-bodies.test.ts';

const leftOut = isWhole ? [] : leftOf('faults');

/** What `npm test` leaves of a level to `npm run test:faults`. */
const leftFrom = ({ extends: extended, test }: ReturnType<typeof level>) =>
  isWhole && test.exclude.length > 0
    ? [{ extends: extended, test: { ...test, name: `faults-${test.name}`, include: test.exclude, exclude: [] } }]
    : [];

const levels = [
  levelInSharedProcesses('unit', 30_000),
  levelWithServices('contract', 60_000),
  levelWithServices('integration', 60_000),
  api(),
  level('simulation', 180_000),
  levelWithServices('end-to-end', 120_000),
];

// As bin/eventops in a checkout: 'eventops' means the sources, for Vite and for Node.
const SOURCES = 'eventops-source';

// As bin/eventops does for the embedded database (docs/adr/0053).
const compileWasmOnce = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering'];

export default defineConfig({
  // What is in node_modules, Node loads itself, and not what is meant for bundlers.
  ssr: { resolve: { conditions: [SOURCES, 'node', 'development|production'], mainFields: [] } },
  test: {
    execArgv: [`--conditions=${SOURCES}`, ...compileWasmOnce],
    // For the processes that tests start, too.
    env: {
      TMPDIR: process.env['TMPDIR'] ?? folderInMemory() ?? tmpdir(),
    },
    // Three for two cores: much of what tests do is waiting.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    sequence: { sequencer: LongestFirst },
    projects: [
      ...levels,
      ...(process.env['BROWSER_TESTS'] === '1' ? [inBrowser()] : []),
      ...levels.flatMap(leftFrom),
      faults('faults', { include: ['test/faults/**/*.test.ts'], exclude: [ALONE, ...leftOut] }, 1),
      faults('faults-alone', { include: [ALONE], exclude: leftOut }, 2),
    ],
  },
});
