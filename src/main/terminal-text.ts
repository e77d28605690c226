/** Of a text that a client or a handler wrote, in characters. */
const LONGEST = 200;

/** What clients and handlers wrote cannot move the cursor, colour the terminal or forge a line. */
export const plain = (text: string, longest = LONGEST) => {
  const safe = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{FFFD}');
  return safe.length <= longest ? safe : `${safe.slice(0, longest - 1)}…`;
};

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A duration in its largest unit. */
export function duration(ms: number): string {
  const [unit, length] = units.find(([, each]) => ms >= each) ?? ['ms', 1];
  return `${length === 1 ? ms : (ms / length).toFixed(1)} ${unit}`;
}

/** Columns as wide as what is in them. The first is text, and the others numbers, which end below each other. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [titles, ...rows].map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** Columns of text, as wide as what is in them, with a line for each row. */
export function textTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [titles, ...rows]
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
