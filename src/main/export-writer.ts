export interface ExportWriter {
  /** What of a line of the answer belongs to the file, with its end. */
  line(text: string): string;
  /** What to ask for the rest with; `null` before anything came. */
  cursor(): string | null;
  isWhole(): boolean;
}

/** Puts the answers of an export that broke off together to one. */
export function createExportWriter(isCsv: boolean): ExportWriter {
  return isCsv ? csvWriter() : ndjsonWriter();
}

function ndjsonWriter(): ExportWriter {
  let to: number | null = null;
  let treeSize = 0;
  let [next, lastBundle, transitions] = [0, -1, 0];
  let isWhole = false;
  return {
    line(text) {
      const line = parsed(text);
      // The end of a connection may cut a line off.
      if (line === null) return '';
      if (line.format !== undefined) {
        if (to !== null) return '';
        ({ from: next = 0, to = 0, treeSize = 0 } = line);
      } else if (line.entries !== undefined) {
        const first = line.entries[0]?.index ?? 0;
        if (first <= lastBundle) return '';
        lastBundle = first;
        next = Math.max(next, first);
      } else if (line.end === undefined) {
        transitions += line.transition === undefined ? 0 : 1;
        if (typeof line.leaf === 'number') next = Math.max(next, line.leaf + 1);
      } else {
        isWhole = true;
        return `${JSON.stringify({ end: { transitions } })}\n`;
      }
      return `${text}\n`;
    },
    cursor: () => (to === null ? null : `${next}-${to}-${treeSize}`),
    isWhole: () => isWhole,
  };
}

interface Line {
  readonly format?: string;
  readonly from?: number;
  readonly to?: number;
  readonly treeSize?: number;
  readonly entries?: readonly { readonly index: number }[];
  readonly leaf?: number | null;
  readonly transition?: unknown;
  readonly end?: unknown;
}

function parsed(text: string): Line | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Its answers cannot be put together: which leaf is the last is not said. */
function csvWriter(): ExportWriter {
  return {
    line: (text) => `${text}\n`,
    cursor: () => null,
    isWhole: () => true,
  };
}
