import type { Database } from './database.ts';
import type { EventFilter } from './event-filter.ts';
import { LOG_START, type ReadWindow } from './log-file.ts';
import type { LogRecord } from './record.ts';

/** A place in $all. The prepare position only ever differs in places that the server or a client made up. */
export interface AllPosition {
  readonly commit: number;
  readonly prepare: number;
}

export const NOWHERE: AllPosition = { commit: -1, prepare: -1 };
export const FIRST_PLACE: AllPosition = { commit: 0, prepare: 0 };
export const placeOf = ({ position }: LogRecord): AllPosition => ({ commit: position, prepare: position });
export const isBefore = (one: AllPosition, other: AllPosition) =>
  one.commit < other.commit || (one.commit === other.commit && one.prepare < other.prepare);

export interface AllPage {
  readonly records: readonly LogRecord[];
  /** Where the next page begins. Stays where it was when nothing was looked at. */
  readonly next: AllPosition;
  /** How many events were looked at, whether or not they passed the filter. */
  readonly considered: number;
  readonly isEnd: boolean;
}

export interface AllRange {
  readonly from: AllPosition;
  readonly maxCount: number;
  /** Most events that are looked at. */
  readonly searchWindow: number;
  readonly filter: EventFilter;
  readonly window?: ReadWindow;
}

/**
 * One page from `from` on, inclusive.
 * @throws {InvalidPosition} where `from` is inside a record.
 */
export function readAllForwards(database: Database, range: AllRange): AllPage {
  const { from, maxCount, searchWindow, filter, window } = range;
  const records: LogRecord[] = [];
  let [next, considered] = [from, 0];
  let at = from.commit <= 0 ? LOG_START : from.commit;
  while (records.length < maxCount && considered < searchWindow) {
    // A place inside the last record counts as beyond the end, as on a real server.
    const record = at > database.lastPosition ? undefined : database.recordAt(at, window);
    if (record === undefined) return { records, next, considered, isEnd: true };
    at = record.next;
    if (!record.isVisible || isBefore(placeOf(record), from)) continue;
    considered += 1;
    if (filter(record)) records.push(record);
    next = { commit: at, prepare: 0 };
  }
  return { records, next, considered, isEnd: false };
}

/**
 * One page of what lies before `from`.
 * @throws {InvalidPosition} where no record ends at `from`.
 */
export function readAllBackwards(database: Database, range: AllRange): AllPage {
  const { from, maxCount, searchWindow, filter } = range;
  const records: LogRecord[] = [];
  let [next, considered] = [from, 0];
  let at = from.commit;
  while (records.length < maxCount && considered < searchWindow) {
    const record = database.recordBefore(at);
    if (record === undefined) return { records, next, considered, isEnd: true };
    const end: AllPosition = { commit: record.next, prepare: record.next };
    at = record.position;
    if (!record.isVisible || isBefore(from, end)) continue;
    considered += 1;
    if (filter(record)) records.push(record);
    next = placeOf(record);
  }
  return { records, next, considered, isEnd: false };
}
