import { expect, it } from 'vitest';
import { migrationNames } from '../../../src/adapters/postgres/migrate.ts';

// A database that has a later one refuses one that comes before it, so that a number left out is lost.
it('migrations are numbered from 1 on, without a gap', async () => {
  const numbers = (await migrationNames()).map((name) => Number(name.slice(0, 4)));
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});
