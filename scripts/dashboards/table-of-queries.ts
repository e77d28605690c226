import { boards } from './boards.ts';

/** What a query of a panel returned, in words; nothing when it was not asked. */
export type Answer = (expr: string) => Promise<string>;

interface Row {
  readonly panel: string;
  readonly expr: string;
  readonly answer: string | null;
}

/** Every query of the dashboards, under the dashboard's title. */
export async function tableOfQueries(answer: Answer | null): Promise<string> {
  const tables: string[] = [];
  for (const { title, panels } of boards) {
    const rows: Row[] = [];
    for (const panel of panels)
      for (const { expr } of panel.queries)
        rows.push({ panel: panel.title, expr, answer: answer === null ? null : await answer(expr) });
    tables.push([`EventOps: ${title}`, ...rows.map((row) => line(row, rows))].join('\n'));
  }
  return `${tables.join('\n\n')}\n`;
}

function line({ panel, expr, answer }: Row, rows: readonly Row[]): string {
  const widest = (of: (row: Row) => string) => Math.max(...rows.map((row) => of(row).length));
  const cells = [panel.padEnd(widest((row) => row.panel))];
  if (answer !== null) cells.push(answer.padEnd(widest((row) => row.answer ?? '')));
  return `  ${[...cells, expr].join('  ')}`;
}
