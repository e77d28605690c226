import type { SeenEvent } from './client.ts';

const columns = ['received', 'processed', 'retried', 'dead'] as const;
type Row = Record<(typeof columns)[number], number>;

const empty = (): Row => ({ received: 0, processed: 0, retried: 0, dead: 0 });

/** One line for each type and one for all, in columns. */
export function renderTable(events: readonly SeenEvent[]): string {
  const rows = new Map<string, Row>();
  const total = empty();
  for (const { type, status, attempts } of events) {
    const row = rows.get(type) ?? empty();
    rows.set(type, row);
    for (const each of [row, total]) {
      each.received += 1;
      if (status === 'PROCESSED') each.processed += 1;
      if (status === 'DEAD') each.dead += 1;
      if (attempts > 1) each.retried += 1;
    }
  }
  const lines = [...rows].sort(([one], [other]) => one.localeCompare(other));
  const width = Math.max(5, ...lines.map(([type]) => type.length));
  const line = (name: string, cells: readonly (string | number)[]) =>
    [name.padEnd(width), ...cells.map((cell) => String(cell).padStart(10))].join('');
  const rule = '─'.repeat(width + columns.length * 10);
  return [
    line('type', columns),
    rule,
    ...lines.map(([type, row]) =>
      line(
        type,
        columns.map((column) => row[column]),
      ),
    ),
    rule,
    line(
      'all',
      columns.map((column) => total[column]),
    ),
  ].join('\n');
}

/** Why events died, each reason once, with one that died of it. */
export function renderDeadLetters(events: readonly SeenEvent[]): string {
  const reasons = new Map<string, { readonly first: SeenEvent; count: number }>();
  for (const event of events) {
    if (event.status !== 'DEAD') continue;
    const { type, explanation } = event;
    const reason = `${type}: ${explanation ? `${explanation.summary} ${explanation.probableCause} (${explanation.provider})` : 'not explained'}`;
    const known = reasons.get(reason);
    if (known === undefined) reasons.set(reason, { first: event, count: 1 });
    else known.count += 1;
  }
  return [...reasons]
    .map(([reason, { first, count }]) => `${count} × ${reason}\n    bin/eventops explain ${first.id}`)
    .join('\n');
}
