import { defineConfig } from 'vitest/config';

// One project for each level, so that a level can be run alone: `vitest run --project unit`.
const level = (name: string, testTimeout: number) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, hookTimeout: 60_000 },
});

/** Levels whose tests may ask for a real PostgreSQL or RabbitMQ; either starts when the first test asks. */
const levelWithServices = (name: string, testTimeout: number) => {
  const { extends: extended, test } = level(name, testTimeout);
  return { extends: extended, test: { ...test, globalSetup: 'test/support/services/global-setup.ts' } };
};

export default defineConfig({
  test: {
    projects: [
      level('unit', 10_000),
      levelWithServices('contract', 60_000),
      levelWithServices('integration', 60_000),
      level('api', 30_000),
      levelWithServices('end-to-end', 120_000),
    ],
  },
});
