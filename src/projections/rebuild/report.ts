import type { RebuildDifference, RebuildReport } from '../../domain/rebuild/transitions.ts';
import type { ComparedPage, ComparedTable } from './compare-page.ts';

/** The report is kept in the log: keys of so many rows stand for all that differ in one way. */
const EXAMPLES = 10;

/** Adds up what pages of a comparison have found. */
export function createReport(): {
  /** Says which of its columns are not compared. */
  begin(table: ComparedTable): void;
  add(table: ComparedTable, page: ComparedPage): void;
  /** Compared so far. */
  rows(): number;
  report(): RebuildReport;
} {
  const differences = new Map<string, RebuildDifference>();
  const notCompared: { column: string; table: string }[] = [];
  let rows = 0;
  let rowsThatDiffer = 0;

  function count(table: string, kind: RebuildDifference['kind'], column: string | null, key: string): void {
    const name = JSON.stringify([table, kind, column]);
    const { count: before, examples } = differences.get(name) ?? { count: 0, examples: [] };
    const more = examples.length < EXAMPLES ? [...examples, key] : examples;
    differences.set(name, { column, count: before + 1, examples: more, kind, table });
  }

  return {
    begin({ name: table, left }) {
      notCompared.push(...left.map((column) => ({ column, table })));
    },
    add({ name }, page) {
      rows += page.rows;
      rowsThatDiffer += page.differences.length;
      for (const { key, kind, columns } of page.differences)
        for (const column of kind === 'changed' ? columns : [null]) count(name, kind, column, key.join(' '));
    },
    rows: () => rows,
    report: () => ({
      differences: [...differences.values()].sort((one, other) => other.count - one.count),
      notCompared,
      rows,
      rowsThatDiffer,
    }),
  };
}
