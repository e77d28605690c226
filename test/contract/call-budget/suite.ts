import type { Kysely } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CallBudget } from '../../../src/application/ports/call-budget.ts';
import type { Database } from '../../../src/projections/database.ts';
import { createCallBudget } from '../../../src/projections/explainer-calls.ts';

export interface CallBudgetUnderTest {
  readonly db: Kysely<Database>;
  close(): Promise<void>;
}

/** What explainers rely on, whichever PostgreSQL keeps it. */
export function callBudgetSuite(open: () => Promise<CallBudgetUnderTest>): void {
  let opened: CallBudgetUnderTest;
  /** Of two processes. */
  let one: CallBudget;
  let other: CallBudget;
  beforeAll(async () => {
    opened = await open();
  });
  beforeEach(async () => {
    await opened.db.deleteFrom('explainer_calls').execute();
    [one, other] = [createCallBudget(opened.db), createCallBudget(opened.db)];
  });
  afterAll(() => opened?.close());

  /** How many calls of so many that are asked for at once, by both. */
  const granted = async (day: string, most: number, times = 4) => {
    const asked = Array.from({ length: times }, (_, index) => (index % 2 === 0 ? one : other).take(day, most));
    return (await Promise.all(asked)).filter(Boolean).length;
  };

  describe('calls of models', () => {
    it.each([0, 1, 2, 3])('are %i in a day for all processes together, and as many in the next', async (most) => {
      expect(await granted('2030-01-31', most, 8)).toBe(most);
      expect(await granted('2030-02-01', most, 8)).toBe(most);
      expect(await granted('2030-02-01', most)).toBe(0);
    });

    it('are no more where clocks differ over midnight, or go back', async () => {
      expect([await one.take('2030-01-31', 2), await other.take('2030-02-01', 2)]).toEqual([true, true]);
      expect([await granted('2030-01-31', 2), await granted('2030-02-01', 2)]).toEqual([1, 1]);
      expect([await granted('2030-01-31', 2), await granted('2030-02-01', 2)]).toEqual([0, 0]);
    });

    it('that were made are remembered while a clock is years ahead, or behind', async () => {
      expect(await granted('2030-01-31', 3)).toBe(3);
      for (const wrong of ['2040-01-31', '2020-01-31']) {
        expect(await granted(wrong, 3)).toBe(3);
        expect(await granted('2030-01-31', 3)).toBe(0);
        expect(await granted(wrong, 3)).toBe(0);
      }
    });
  });
}
