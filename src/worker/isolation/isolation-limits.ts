export const isolationLimits = {
  /** Cells that share the ordinary work. One that a handler holds leaves the others their work. */
  cells: 2,
  /** As many at most, while some of them answer nothing. Cells of one event alone come on top. */
  maxCells: 4,
  runsInCell: 512,
  /** Of payloads, in characters. Parsed, JSON can take thirty times as much memory. */
  charactersInCell: 4 * 1024 * 1024,
  /** What is handed over together costs half. */
  runsInMessage: 32,
  /** A cell judges its deadlines itself. One that says nothing for so much longer is held by one of its handlers. */
  overdueMs: 2_000,
  /** How often a cell is asked whether its thread is free, and how often in vain before it gets no more work. */
  pingEveryMs: 250,
  unansweredPings: 3,
  /** Between two starts of cells that ended before they were ready: this long at first, then twice as long, and so on. */
  restartPauseMs: 100,
  longestRestartPauseMs: 10_000,
  /** How long a success is kept back while timers of its handler run: an error of theirs is the attempt's. */
  leftoverGraceMs: 250,
  /** What cells may write to standard output and error in a second; more is left out. */
  writtenCharactersPerSecond: 16 * 1024,
  /** Of cells that are asked to end. */
  closeWithinMs: 1_000,
} as const;
export type IsolationLimits = { readonly [Name in keyof typeof isolationLimits]: number };
