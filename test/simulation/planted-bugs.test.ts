import { describe, expect, it } from 'vitest';
import { plantedBugs } from '../support/simulation/planted-bugs.ts';
import { catchBug } from '../support/simulation/run-seeds.ts';

/** One is enough, unless other changes of the code have made another run of a seed since its number was noted. */
const SEEDS = 300;

describe('a bug that is planted into the code', () => {
  it('is one of at least 15', () => {
    expect(new Set(plantedBugs.map(({ name }) => name)).size).toBeGreaterThanOrEqual(15);
  });

  it.each(plantedBugs)('is noticed: $name', async ({ name, caughtBy }) => {
    const { breaches } = await catchBug(name, { from: caughtBy, atMost: SEEDS });
    expect(breaches).not.toEqual([]);
  });

  it('has to fit the code as it is', async () => {
    await expect(catchBug('a bug that nobody planted', { from: 1, atMost: 1 })).rejects.toThrow(
      'There is no bug of the name',
    );
  });
});
