import { defineConfig } from 'vitest/config';

// One project for each level, so that a level can be run alone: `vitest run --project unit`.
const level = (name: string, testTimeout: number) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, hookTimeout: 60_000 },
});

export default defineConfig({
  test: {
    projects: [
      level('unit', 10_000),
      level('contract', 60_000),
      level('integration', 60_000),
      level('api', 30_000),
      level('end-to-end', 120_000),
    ],
  },
});
