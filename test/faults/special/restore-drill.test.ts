import { expect, it } from 'vitest';
import { missingForDrill, runDrill } from '../../../scripts/restore-drill/drill.ts';
import { isWhole } from '../../support/faults/scale.ts';

const missing = missingForDrill();
if (missing !== null) process.stdout.write(`skipped: the drill of a restored log, because ${missing}\n`);

it.skipIf(missing !== null || !isWhole())(
  'a lost log is put back first, and its rows are built from it: npm run drill',
  async () => {
    const printed: string[] = [];
    await runDrill((line) => void printed.push(line));
    expect(printed.map((line) => line.slice(0, 2))).toEqual(['1.', '2.', '3.', '4.', '5.', '6.', '7.']);
    expect(printed[4]).toContain('The read tables in DATABASE_URL do not belong to this log');
  },
  240_000,
);
