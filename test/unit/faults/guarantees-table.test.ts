import { describe, expect, it } from 'vitest';
import { type Counts, checksOf } from '../../support/faults/counts.ts';
import { guaranteesTable } from '../../support/faults/guarantees-table.ts';

const nothing = checksOf({ acknowledged: [], histories: new Map(), rows: null });

const run = (others: Partial<Counts> = {}): Counts => ({
  test: 'a loop',
  seed: 7,
  kills: { worker: 20, api: 10 },
  figures: { retries: 5, 'longest seconds to rest': 3 },
  checks: { ...nothing, G1: 1_000 },
  breaches: [],
  ...others,
});
const lost = { guarantee: 'G1', kind: 'lost', eventId: 'e-1', what: 'has no history' } as const;

describe('the table of guarantees', () => {
  it('adds up what several runs looked at', () => {
    expect(guaranteesTable([run(), run()])).toMatch(/^G1 .* 2,000 acknowledged events +0$/m);
  });

  it('says by how much so many kills bound the rate of breaches', () => {
    expect(guaranteesTable([run({ kills: { worker: 200, api: 100 } })])).toContain(
      'fewer than 1.0 % of kills cause one',
    );
  });

  it('tells each breach under its guarantee and by its kind, and then no bound', () => {
    const table = guaranteesTable([run(), run({ breaches: [lost] })]);
    expect(table).toMatch(/^G1 .* 1$/m);
    expect(table).toContain('1 lost, 0 stuck');
    expect(table).toContain('G1 lost: e-1 has no history');
    expect(table).not.toContain('confidence');
  });

  it('has one line for a test, with the seeds of its runs, their sums and the longest of what took long', () => {
    const other = run({ seed: 8, figures: { retries: 1, 'longest seconds to rest': 2 } });
    expect(guaranteesTable([run(), other])).toContain(
      'a loop, 2 times (seed 7, 8): retries 6, longest seconds to rest 3',
    );
  });
});
