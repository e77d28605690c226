import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Evidence } from '../guarantees/evidence.ts';
import { type Breach, findBreaches } from '../guarantees/find-breaches.ts';
import { type Counts, checksOf, figuresOf } from './counts.ts';
import type {} from './global-setup.ts';

export interface FaultRun extends Partial<Pick<Counts, 'seed' | 'kills' | 'figures'>> {
  /** As it is to be called in the table. */
  readonly test: string;
  readonly evidence: Evidence;
}

/**
 * Holds the evidence against the guarantees and leaves the counts for the table that ends the run. Every test of faults
 * ends with it: `expect(recordCounts({ test, evidence, kills: { worker: 1 } })).toEqual([])`.
 * @returns the breaches.
 */
export function recordCounts({ test, evidence, seed = null, kills = {}, figures = {} }: FaultRun): readonly Breach[] {
  const breaches = findBreaches(evidence);
  const counts: Counts = {
    test,
    seed,
    kills,
    figures: { ...figuresOf(evidence), ...figures },
    checks: checksOf(evidence),
    breaches,
  };
  writeFileSync(join(inject('faults').countsFolder, `${randomUUID()}.json`), JSON.stringify(counts));
  return breaches;
}
