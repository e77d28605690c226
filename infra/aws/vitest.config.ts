import { defineConfig } from 'vitest/config';

// As in the root: 'eventops' means the sources.
const conditions = ['eventops-source', 'module', 'node', 'development|production'];

export default defineConfig({
  root: import.meta.dirname,
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    isolate: false,
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
