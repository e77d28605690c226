import { describe, expect, it } from 'vitest';
import { plantedBugs } from '../support/simulation/planted-bugs.ts';
import { catchBug } from '../support/simulation/run-seeds.ts';

describe('a bug that is planted into the code', () => {
  it('is one of at least 15', () => {
    expect(new Set(plantedBugs.map(({ name }) => name)).size).toBeGreaterThanOrEqual(15);
  });

  it.each(plantedBugs)('is noticed within $caughtWithin seeds: $name', async ({ name, caughtWithin }) => {
    const { breaches } = await catchBug(name, caughtWithin);
    expect(breaches).not.toEqual([]);
  });

  it('has to fit the code as it is', async () => {
    await expect(catchBug('a bug that nobody planted', 1)).rejects.toThrow('There is no bug of the name');
  });
});
