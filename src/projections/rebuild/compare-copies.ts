import type { RebuildReport } from '../../domain/rebuild/transitions.ts';
import type { ReadModel } from '../read-model.ts';
import type { BothCopies } from './both-copies.ts';
import type { ComparedPage, ComparedTable } from './compare-page.ts';
import type { Copies } from './copies.ts';
import { FellBehind } from './passing-failures.ts';
import { createReport } from './report.ts';

interface Compared {
  readonly copies: Pick<Copies, 'comparedTable' | 'compare'>;
  readonly both: BothCopies;
  /** In the version of each copy. */
  readonly live: ReadModel;
  readonly beside: ReadModel;
  /** Rows of one copy that are compared between two batches. */
  readonly pageRows: number;
  readonly onRows: (rows: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Row by row, page by page, each page while both copies are of one position: what is found differs, however much is written
 * meanwhile. @throws when `signal` aborts, or the copies are in step no longer.
 */
export async function compareCopies(compared: Compared): Promise<RebuildReport> {
  const { copies, both, live, beside, pageRows, onRows, signal } = compared;
  const report = createReport();

  const pageOf = (table: ComparedTable, after: readonly string[] | null): Promise<ComparedPage> =>
    both.between(async () => {
      signal.throwIfAborted();
      if (!both.areInStep())
        throw new FellBehind('The second copy fell behind while it was compared; it catches up first');
      return copies.compare({ table, after, limit: pageRows });
    });

  async function compareTable(table: ComparedTable): Promise<void> {
    let after: readonly string[] | null = null;
    do {
      const page: ComparedPage = await pageOf(table, after);
      report.add(table, page);
      onRows(report.rows());
      after = page.next;
    } while (after !== null);
  }

  for (const name of new Set([...live.tables, ...beside.tables])) {
    const notFromLog = [live, beside].flatMap((each) => each.notFromLog?.[name] ?? []);
    const table = await copies.comparedTable({ name, notFromLog });
    report.begin(table);
    if (table.key.length > 0) await compareTable(table);
  }
  return report.report();
}
