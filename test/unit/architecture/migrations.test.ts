import { expect, it } from 'vitest';
import { migrationNames } from '../../../src/adapters/postgres/migrate.ts';

/** Numbers that were left out before this was held, and can never be used. */
const LOST = [8, 9];

// A database that has a later one refuses one that comes before it, so that a number left out is lost.
it('migrations are numbered without a gap', async () => {
  const numbers = (await migrationNames()).map((name) => Number(name.slice(0, 4)));
  const upToLast = Array.from({ length: numbers.at(-1) ?? 0 }, (_, index) => index + 1);
  expect(numbers).toEqual(upToLast.filter((number) => !LOST.includes(number)));
});
