import type { CellEnd, CellSettings, FromCell, ToCell } from './messages.ts';

/** The worker's end of a cell: a process or a thread in which handlers run. */
export interface CellLink {
  send(message: ToCell): void;
  /** Ends it, with whatever it started. `how` becomes the reason of its end. */
  kill(how: CellEnd): void;
}

export interface CellEvents {
  message(message: FromCell): void;
  /** A piece of what it wrote to its standard output or error. */
  wrote(text: string): void;
  /** Once, and the last that is heard of it. */
  ended(end: CellEnd): void;
}

export type StartCell = (settings: CellSettings, events: CellEvents) => CellLink;
